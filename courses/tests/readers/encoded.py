"""Texts as old fonts and careless programs write them: what the reader turns back, the other way round."""

import unicodedata

from courses.readers import legacy

_TCVN3 = {letter: byte for byte, letter in legacy._TCVN3.items()}
_VNI_OF_MARKS = {marks: c for c, marks in legacy._VNI_MARKS.items() if c.islower()}
_VNI_OF_LETTERS = {letter: c for c, letter in legacy._VNI_LETTERS.items()}


def as_tcvn3(text: str) -> str:
    """Capitals with a tone become small letters: the font draws them as capitals."""
    return "".join(_TCVN3.get(c) or _TCVN3.get(c.lower()) or c for c in unicodedata.normalize("NFC", text))


def as_vni(text: str) -> str:
    written = []
    for c in unicodedata.normalize("NFC", text):
        if c in _VNI_OF_LETTERS:
            written.append(_VNI_OF_LETTERS[c])
            continue
        if c.lower() in "íì":
            written.append(c)
            continue
        base, *marks = unicodedata.normalize("NFD", c)
        horn = "\u031b" in marks
        letter = _VNI_OF_LETTERS.get(unicodedata.normalize("NFC", f"{base}\u031b"), base) if horn else base
        wanted = sorted((m for m in marks if m != "\u031b"), key=lambda m: m not in "\u0302\u0306")
        mark = _VNI_OF_MARKS.get("".join(wanted), "") if wanted else ""
        written.append(letter + (mark.upper() if c.isupper() else mark))
    return "".join(written)


def as_mojibake(text: str) -> str:
    return "".join(
        bytes([b]).decode("cp1252") if b not in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else chr(b)
        for b in unicodedata.normalize("NFC", text).encode()
    )


def as_nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def as_unmarked(text: str) -> str:
    plain = unicodedata.normalize("NFD", text).replace("đ", "d").replace("Đ", "D")
    return "".join(c for c in plain if not unicodedata.combining(c))


def as_it_is(text: str) -> str:
    return text
