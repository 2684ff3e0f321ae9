"""Cards with the personal link of a trainee: the address, its QR, and who gave the card to whom."""

import datetime as dt
from dataclasses import dataclass

from courses.constants import links
from courses.models import Course, Trainee
from courses.rendering.qr import qr_svg


@dataclass(frozen=True)
class Given:
    """Stands below a card: handed over by whom, when; `to` is "" where it is written by hand."""

    by: str
    on: dt.date
    to: str = ""


@dataclass(frozen=True)
class LinkCard:
    """One sheet. `line` stands below the name, `about` below it; `given` None: nothing about handing over."""

    name: str
    line: str
    address: str
    qr: str
    about: str = ""
    given: Given | None = None


def about_class(course: Course) -> str:
    """The class on a sheet that is handed out for it."""
    return f"{course.title}, {course.starts_on:%d/%m/%Y} – {course.ends_on:%d/%m/%Y}"


def card_of(trainee: Trainee, line: str, *, given: Given | None, about: str = "") -> LinkCard:
    """The card of a trainee; no query."""
    address = links.own_page(trainee.pk, trainee.link_version)
    return LinkCard(trainee.full_name, line, address, qr_svg(address), about, given)
