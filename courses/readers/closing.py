"""Texts that stand between and below the people of a list and are no names: totals, notes, dates, signatures.

Words are compared with their marks, as far as they are written: Tống, Công, Lưu are family names, "Tổng", "Cộng", "Lưu
ý" begin totals and notes. Where marks are missing altogether, what looks like a name is one.
"""

import re

from courses.readers.words import fold, marked_words, same_but_for_missing_marks


def _phrases(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(phrase.split()) for phrase in text.split("|"))


_TOTALS = _phrases(
    "tổng số|tổng cộng|tổng hợp|danh sách gồm|danh sách có|danh sách này gồm|danh sách này có|ấn định"
    "|số lượng|ghi chú|mang sang trang|chuyển sang trang|chuyển trang"
)
#: Behind "cộng" or "tổng", with all their marks, for Công Phượng may be written without: what is counted.
_COUNTED = {"mục", "nhóm", "phần", "khối", "đơn", "phường", "xã", "phòng", "trang", "dồn", "mang", "chuyển"}
_OF_A_GROUP = re.compile(r"\S+\s+([IVX]{1,5}|[A-EĐ])")
#: So short that names begin with them: they count only alone or before a number.
_SHORT_TOTALS = ("tổng", "cộng")
_ENDS = _phrases(
    "người lập|người tổng hợp|người ký|người báo cáo|cán bộ lập|cán bộ tổng hợp|thủ trưởng|nơi nhận|xác nhận"
    "|ký tên|ký ghi rõ|ký và ghi|lãnh đạo|đại diện|thư ký|trưởng ban tổ chức|phụ trách"
)
_FOR_SOMEBODY = re.compile(r"(t m|tm|k t|kt|t l|tl|t u q|tuq)( .*)?")
_DATED = re.compile(r"(.* )?(ngay|ngay thang) (\d+ )?thang (\d+ )?nam( \d+)?")
_SIGNER = re.compile(
    r"(pho )?(chu tich|bi thu|truong phong|giam doc|chanh van phong|hieu truong|chanh thanh tra|cuc truong|truong ban)"
    r"( .*)?"
)


def totals(text: str) -> bool:
    """Whether the text begins a total or a note below a list."""
    words = marked_words(text)
    if not words:
        return False
    # Công Cộng may be somebody's name, so these have all their marks.
    if any(_begins(words, phrase) for phrase in _TOTALS) or words[:2] == ("cộng", "cộng"):
        return True
    if any(same_but_for_missing_marks(words[0], short) for short in _SHORT_TOTALS):
        counted = words[0] in _SHORT_TOTALS and len(words) > 1 and words[1] in _COUNTED
        return len(words) == 1 or bool(re.search(r"[\d:]", text)) or counted or _of_a_group(words[0], text)
    # Lưu Ý is a person, "Lưu ý: …" a note.
    return _begins(words, ("lưu", "ý")) and (":" in text or text.split()[1][:1].islower())


def _of_a_group(word: str, text: str) -> bool:
    """ "Cộng I", "TỔNG A", not "Công Vi"."""
    return word in _SHORT_TOTALS and bool(_OF_A_GROUP.fullmatch(text))


def ends(text: str) -> bool:
    """Whether the text stands below a list: a total, a note, a date with its place, who signs."""
    words, folded = marked_words(text), fold(text)
    below = any(_begins(words, phrase) for phrase in _ENDS)
    return below or totals(text) or bool(_FOR_SOMEBODY.fullmatch(folded) or _DATED.fullmatch(folded))


def signs(text: str) -> bool:
    """Whether the text, in a line without a name, is the post of somebody who signs."""
    return ends(text) or bool(_SIGNER.fullmatch(fold(text)))


def _begins(words: tuple[str, ...], phrase: tuple[str, ...]) -> bool:
    return len(words) >= len(phrase) and all(
        same_but_for_missing_marks(written, known) for written, known in zip(words, phrase, strict=False)
    )
