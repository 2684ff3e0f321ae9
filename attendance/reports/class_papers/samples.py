"""The fields of a kind of a class that is invented, for looking at a template before any class has it."""

from typing import Any

from attendance.rules.paper_fields import pictures_of, sample_of
from courses.rendering.qr import qr_png
from courses.rendering.word import Picture

_QR_MM = 18


def sample_fields(kind: str) -> dict[str, Any]:
    """As `fields_of`, of `attendance.rules.paper_fields.sample_of`."""
    pictures = pictures_of(kind)

    def drawn(name: str, value: Any) -> Any:
        match value:
            case dict():
                return {inner: drawn(inner, one) for inner, one in value.items()}
            case list():
                return [drawn(name, one) for one in value]
            case _:
                return Picture(qr_png(value), _QR_MM) if name in pictures else value

    return drawn("", sample_of(kind))
