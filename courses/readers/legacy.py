"""Text from before Unicode, or spoilt on its way: TCVN3, VNI, UTF-8 shown as Latin-1, Windows code page 1258.

Which of them a cell holds is told by its font (.Vn… and VNI-…) or, where fonts are not to be had, by which reading
makes a header of the header row.
"""

import re
import unicodedata

from courses.readers.words import CapitalsLost

# TCVN 5712:1993, third set. U+00AD, which most programs treat as invisible, is the letter ư.
_TCVN3 = dict(
    zip(
        "µ¶·¸¹¨»¼½¾Æ©ÇÈÉÊË®ÌÎÏÐÑªÒÓÔÕÖ×ØÜÝÞßáâãä«åæçèé¬êëìíîïñòóô\u00adõö÷øùúûüýþ§¡¢£¤¥¦",
        "àảãáạăằẳẵắặâầẩẫấậđèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵĐĂÂÊÔƠƯ",
        strict=True,
    )
)
_TCVN3_TABLE = str.maketrans(_TCVN3)

_GRAVE, _ACUTE, _TILDE, _HOOK, _DOT = "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"
_HAT, _BREVE = "\u0302", "\u0306"
# VNI writes a letter and then a character that stands for its marks.
_VNI_MARKS = {
    "ù": _ACUTE, "ø": _GRAVE, "û": _HOOK, "õ": _TILDE, "ï": _DOT,
    "â": _HAT, "á": _HAT + _ACUTE, "à": _HAT + _GRAVE, "å": _HAT + _HOOK, "ã": _HAT + _TILDE, "ä": _HAT + _DOT,
    "ê": _BREVE, "é": _BREVE + _ACUTE, "è": _BREVE + _GRAVE, "ú": _BREVE + _HOOK, "ü": _BREVE + _TILDE,
    "ë": _BREVE + _DOT,
}  # fmt: skip
_VNI_LETTERS = {"ô": "ơ", "ö": "ư", "ñ": "đ", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}
_VNI_MARKS |= {mark.upper(): marks for mark, marks in _VNI_MARKS.items()}
_VNI_LETTERS |= {letter.upper(): known.upper() for letter, known in _VNI_LETTERS.items()}
_VNI_PAIR = re.compile(f"([aeouyôöAEOUYÔÖ])([{''.join(_VNI_MARKS)}])")
_VNI_SINGLE = re.compile(f"[{''.join(_VNI_LETTERS)}]")
_HIGH = re.compile("[\u0080-\u00ff]")


def kind_of_font(font: str) -> str | None:
    """The encoding that a font's name gives away, None for a Unicode font."""
    name = font.strip().lower()
    if name.startswith(".vn"):
        return "tcvn3"
    return "vni" if name.startswith("vni-") else None


def decode(text: str, kind: str) -> str:
    """`text` in Unicode; as it was when it holds nothing of that encoding."""
    if kind == "mojibake":
        return _from_mojibake(text)
    if not _HIGH.search(text):
        return CapitalsLost(text) if kind == "tcvn3" else text
    if kind == "tcvn3":
        return CapitalsLost(text.translate(_TCVN3_TABLE))
    if kind == "vni":
        return _from_vni(text)
    return _from_code_page(text)


def _from_vni(text: str) -> str:
    kept: list[str] = []

    def pair(found: re.Match[str]) -> str:
        base = _VNI_LETTERS.get(found[1], found[1])
        kept.append(unicodedata.normalize("NFC", base + _VNI_MARKS[found[2]]))
        return f"\x00{len(kept) - 1}\x00"

    # The pairs go behind a placeholder first: ó after a letter is a mark's neighbour, alone it is ĩ.
    singles = _VNI_SINGLE.sub(lambda found: _VNI_LETTERS[found[0]], _VNI_PAIR.sub(pair, text.replace("\x00", "")))
    return re.sub("\x00(\\d+)\x00", lambda found: kept[int(found[1])], singles)


def _from_mojibake(text: str) -> str:
    try:
        # Programs show bytes by code page 1252, and as they are where it has no character.
        raw = b"".join(c.encode("latin-1" if ord(c) < 256 else "cp1252") for c in text)
        return raw.decode("utf-8")
    except UnicodeError:
        return text


def _from_code_page(text: str) -> str:
    try:
        return unicodedata.normalize("NFC", text.encode("latin-1").decode("cp1258"))
    except UnicodeError:
        return text
