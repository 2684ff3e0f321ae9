"""Marks of a test as people type them. Pure."""

import re
from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from attendance.rules.eligibility import marks_in_words

_TYPED = re.compile(r"\d{1,4}(?:[.,]\d{1,2}0*)?", re.ASCII)


def read_points(text: str) -> Decimal | None:
    """Points typed with a comma or a point, at most two decimals; None for nothing typed. ValueError for all else."""
    text = text.strip()
    if not text:
        return None
    if not _TYPED.fullmatch(text):
        raise ValueError(text)
    return Decimal(text.replace(",", ".")).quantize(Decimal("0.01"))


def out_of_scale(points: Decimal, scale: Decimal) -> str:
    """The sentence when points do not lie between 0 and the highest mark; "" when they do."""
    if 0 <= points <= scale:
        return ""
    return _("%(points)s is not between 0 and %(scale)s.") % {
        "points": marks_in_words(points),
        "scale": marks_in_words(scale),
    }


def wrong_grades(grades: Sequence[tuple[Decimal, str]], scale: Decimal) -> str:
    """The sentence when grades cannot be: above the highest mark, not falling, without words; "" when they can."""
    before = None
    for lowest, words in grades:
        if not words.strip():
            return _("Please write the words of each grade, for example 8: Giỏi.")
        if wrong := out_of_scale(lowest, scale):
            return _("Grade %(words)s: %(wrong)s") % {"words": words, "wrong": wrong}
        if before is not None and lowest >= before:
            text = _("Please write the grades from the highest down: %(words)s does not lie below the one before it.")
            return text % {"words": words}
        before = lowest
    return ""
