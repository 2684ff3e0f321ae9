"""Whether what somebody says of themselves is what is on file: the name, and any one thing beside it.

What is not on file is never true: nobody is known by an empty telephone number.
"""

from dataclasses import dataclass

from courses.constants.names import search_key
from courses.constants.partial_dates import PartialDate
from courses.models import Trainee

PHONE_DIGITS = 4


@dataclass(frozen=True)
class Claim:
    """What somebody without a link says: name, own office, and one or more of the rest."""

    name: str
    office_id: int
    birth: PartialDate | None = None
    phone_end: str = ""
    email: str = ""


def is_called(trainee: Trainee, name: str) -> bool:
    """With or without marks, in whatever case."""
    wanted = search_key(name)
    return bool(wanted) and trainee.search_key == wanted


def has_phone_ending(trainee: Trainee, digits: str) -> bool:
    """`digits`: the last PHONE_DIGITS of the number."""
    on_file = "".join(filter(str.isdigit, trainee.phone))
    return len(digits) == PHONE_DIGITS and len(on_file) > PHONE_DIGITS and on_file.endswith(digits)


def is_on_file(trainee: Trainee, claim: Claim) -> bool:
    """Whether any one thing claimed beside name and office is true; a year agrees with the day of which it is."""
    by_birth = claim.birth is not None and trainee.birth is not None and trainee.birth.agrees(claim.birth)
    by_email = bool(claim.email) and trainee.email.casefold() == claim.email.casefold()
    return by_birth or by_email or has_phone_ending(trainee, claim.phone_end)
