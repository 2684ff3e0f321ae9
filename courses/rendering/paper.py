"""Papers as PDF/A: a typst template and plain data in, bytes out.

What a template may rely on: its data is `json(bytes(sys.inputs.data))`, the font is Tinos alone,
and `panic("does not fit: " + text)` becomes a sentence to the person who asked for the paper.
It reaches no other file than those beside it, no network and no package.

A template that is drawn thousands of times is a function `paper(data)` instead (`many`): typst keeps what it made of
anything that does not depend on the data, and of nothing at all when `sys.inputs` change. That takes a third less.
"""

import datetime as dt
import json
import re
import threading
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any, cast

import typst
from django.utils.translation import gettext as _

from courses.constants.errors import Refusal
from courses.constants.names import clean_text

_FONTS = Path(__file__).parent / "fonts"
# Neither folder exists, so that no installed package can be found either.
_NO_PACKAGES = _FONTS / "no-packages"
_MISSING = re.compile(r'the text `"(.+?)"` could not be displayed with font')
_BY_NUMBER = re.compile(r"\\u\{([0-9a-f]{1,6})\}")
#: No pictures.
NONE: dict[str, str] = {}
_UNFIT = "panicked with: does not fit: "


class _Kept(threading.local):
    def __init__(self) -> None:
        self.compilers: dict[Path, tuple[dict[str, str], typst.Compiler]] = {}


_kept = _Kept()


def draw(
    template: Path,
    data: dict[str, Any],
    *,
    timestamp: dt.datetime,
    instead: str = "",
    pictures: dict[str, str] = NONE,
    many: bool = False,
) -> bytes:
    """The PDF/A-2a that the template makes of the data; the same bytes for the same input.

    `template` stands in a folder of its own, without symbolic links: typst may read that folder.
    `data` holds what JSON can hold; its texts are put in NFC and freed of what cannot be seen,
    because typst lets such letters pass without a word. `timestamp` is aware and becomes the date
    in the file. Refusal, naming the text, when the font lacks a letter or a box is too small; with
    `instead` that sign stands for such a letter, where a paper must come out all the same. `pictures` are further
    inputs of the template, each the bytes of a picture as a JSON list, made once for many papers (`as_input`). `many`:
    the template is a function, see above.
    """
    return _drawn(template, data, timestamp, instead, pictures, many)[0]


def as_input(picture: bytes) -> str:
    """The bytes as the template reads them by `bytes(json(bytes(sys.inputs.…)))`: fifty kB cost 0.3 ms so, and in an
    SVG ten times as much."""
    return json.dumps(list(picture), separators=(",", ":"))


def draw_picture(
    template: Path,
    data: dict[str, Any],
    *,
    dots: float,
    timestamp: dt.datetime,
    instead: str = "",
    pictures: dict[str, str] = NONE,
    many: bool = False,
) -> bytes:
    """The one page as a PNG of so many dots an inch; refused as `draw` refuses.

    The PDF is drawn before: a picture has no standard, without which a letter that the font lacks vanishes silently.
    """
    _pdf, data = _drawn(template, data, timestamp, instead, pictures, many)
    return _typeset(template, data, pictures, many, format="png", ppi=dots)


def draw_shape(template: Path, data: dict[str, Any], *, pictures: dict[str, str], dots: float = 72) -> bytes | None:
    """A picture without letters as a PNG; None when the template cannot draw it, such as for a damaged picture."""
    try:
        return _typeset(template, data, pictures, False, format="png", ppi=dots)
    except typst.TypstError:
        return None


def _drawn(
    template: Path, data: dict[str, Any], timestamp: dt.datetime, instead: str, pictures: dict[str, str], many: bool
) -> tuple[bytes, dict[str, Any]]:
    """The PDF, and the data of which it was made."""
    data = in_texts(clean_text, data)
    while True:
        try:
            return _compiled(template, data, timestamp, pictures, many), data
        except typst.TypstError as error:
            # All at once: drawn again for each, a text in another alphabet would take minutes.
            missing = {_as_written(found[1]) for found in _MISSING.finditer(error.diagnostic)} - {instead}
            if missing and instead:
                replaced = in_texts(partial(_replaced, letters=missing, instead=instead), data)
                if replaced != data:  # else the letters stand in the template itself
                    data = replaced
                    continue
            sentence = _sentence(error, data)
            if sentence is None:
                raise
            raise Refusal(sentence) from None


def _compiled(
    template: Path, data: dict[str, Any], timestamp: dt.datetime, pictures: dict[str, str], many: bool
) -> bytes:
    # Without a standard a letter that the font lacks vanishes silently.
    moment = timestamp.astimezone(dt.UTC).replace(microsecond=0)  # a PDF's dates have no parts of a second
    return _typeset(template, data, pictures, many, format="pdf", pdf_standards=["a-2a"], timestamp=moment)


def _typeset(template: Path, data: dict[str, Any], pictures: dict[str, str], many: bool, **wanted: Any) -> bytes:
    said = json.dumps(data)
    if not many:
        return cast(bytes, _compiler(template).compile(sys_inputs={"data": said, **pictures}, **wanted))
    # JSON holds no line ends; its backslashes and quotes are those of a string in typst too.
    quoted = said.replace("\\", "\\\\").replace('"', '\\"')
    page = f'#import "/{template.name}": paper\n#paper(json(bytes("{quoted}")))\n'
    return cast(bytes, _kept_compiler(template.parent, pictures).compile(page.encode(), **wanted))


def _compiler(template: Path) -> typst.Compiler:
    # One compiler a drawing: one that is shared fails when two threads use it at once.
    return typst.Compiler(template, **_surroundings(template.parent))


def _kept_compiler(folder: Path, pictures: dict[str, str]) -> typst.Compiler:
    """One a thread and folder, which has read the templates and the pictures of before; other pictures need another."""
    known, compiler = _kept.compilers.get(folder, (None, None))
    if compiler is None or known != pictures:
        compiler = typst.Compiler(sys_inputs=pictures, **_surroundings(folder))
        _kept.compilers[folder] = pictures, compiler
    return compiler


def _surroundings(folder: Path) -> dict[str, Any]:
    return {
        "root": folder,
        "font_paths": _fonts(),
        "ignore_system_fonts": True,
        "package_path": _NO_PACKAGES,
        "package_cache_path": _NO_PACKAGES,
    }


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[_FONTS])


def _as_written(letter: str) -> str:
    """What typst names by its number, such as a mark that stands above another letter, as that letter."""
    return _BY_NUMBER.sub(lambda found: chr(int(found[1], 16)), letter)


def _sentence(error: typst.TypstError, data: dict[str, Any]) -> str | None:
    """What to tell the person; None when the fault is the template's."""
    if error.message.startswith(_UNFIT):
        return _(
            "This text is too long for its place on the paper: “%(text)s”. Please shorten it and draw the paper again."
        ) % {"text": error.message.removeprefix(_UNFIT)}
    missing = _MISSING.search(error.message)
    if not missing:
        return None
    letter = _as_written(missing[1])
    text = next((text for text in _texts(data) if letter in text), letter)
    return _(
        "The paper font has no letter “%(letter)s”, which stands in “%(text)s”. "
        "Please type this text again with ordinary letters."
    ) % {"letter": letter, "text": text}


def _replaced(text: str, *, letters: set[str], instead: str) -> str:
    for letter in letters:
        text = text.replace(letter, instead)
    return text


def in_texts(change: Callable[[str], str], value: Any) -> Any:
    """The value with each text in it changed; tuples become lists."""
    match value:
        case str():
            return change(value)
        case dict():
            return {key: in_texts(change, inner) for key, inner in value.items()}
        case list() | tuple():
            return [in_texts(change, inner) for inner in value]
        case _:
            return value


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            yield from _texts(list(value.values()))
        case list():
            for inner in value:
                yield from _texts(inner)
