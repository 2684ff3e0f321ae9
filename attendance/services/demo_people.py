"""The invented people of the demo: names as the Mekong Delta has them, numbers that nobody has.

No given name stands in the rosters that the demo is tried with, so no name can either (a test holds that). Every
telephone number lies in 0950 000 000 to 0950 000 999: the network of the prefix 095 was shut down. Citizen numbers have
the province, sex and year of the person and the serials 000501 and up, which are not given out that low.
"""

import datetime as dt
import random
from collections.abc import Iterable, Iterator

from courses.constants.actors import SYSTEM
from courses.constants.partial_dates import PartialDate
from courses.models import Office, Responsibility, Trainee
from courses.services.trainees import save_trainee

PHONE_BLOCK = "0950000"
CITIZEN_SERIAL = 501
#: Every so many people one has a name from the list of Khmer and Hoa names; it is about their share of the city.
_EVERY = 9
FIRST_BIRTH_YEAR, LAST_BIRTH_YEAR = 1967, 1996


class Inventor:
    """Makes the same people in the same order every time. `book` is the outline `people.json`."""

    def __init__(self, book: dict):
        self.book = book
        self._random = random.Random("Vị Thanh")  # noqa: S311 - the same people each time is what is wanted
        self._used = {book["same_name"]["full_name"]}
        self._other_names: Iterator[list[str]] = iter(book["khmer_and_hoa"])
        self._count = 0
        self._fields = {field.code: field for field in Responsibility.objects.order_by("pk")}

    def people_of(self, offices: Iterable[Office]) -> list[Trainee]:
        """Writes one trainee for each post of each office, office by office; log entries say that the system did."""
        people, held = [], []
        for office in offices:
            posts = self.book["posts_of_office"].get(office.code) or self.book["posts_of_kind"][office.kind]
            for place, (position, category, responsibilities) in enumerate(posts):
                person = self._person(office, place, position, category)
                people.append(person)
                held += [(person.pk, self._fields[code].pk) for code in responsibilities]
        through = Trainee.responsibilities.through
        through.objects.bulk_create(through(trainee_id=who, responsibility_id=what) for who, what in held)
        return people

    def _person(self, office: Office, place: int, position: str, category: str) -> Trainee:
        self._count += 1
        full_name, gender, birth = self._identity(office, place)
        citizen_number = ""
        if self._random.random() < 0.4:
            serial = CITIZEN_SERIAL + self._count
            citizen_number = f"093{'mf'.index(gender)}{birth.first.year % 100:02d}{serial:06d}"
        return save_trainee(
            Trainee(),
            actor=SYSTEM,
            full_name=full_name,
            gender=gender,
            birth=birth,
            position=position,
            staff_category=category,
            office=office,
            phone=f"{PHONE_BLOCK}{self._count:03d}",
            email=f"hocvien{self._count:03d}@taphuan.example" if self._random.random() < 0.3 else "",
            citizen_number=citizen_number,
        )

    def _identity(self, office: Office, place: int) -> tuple[str, str, PartialDate]:
        """Name, gender and birth date. Two people of one office share a name and differ by the year."""
        twins = self.book["same_name"]
        if office.code == twins["office"] and place in twins["places"]:
            birth = twins["births"][twins["places"].index(place)]
            return twins["full_name"], twins["gender"], PartialDate.from_iso(birth)
        other = next(self._other_names, None) if self._count % _EVERY == 0 else None
        if other:
            self._used.add(other[0])
            return other[0], other[1], self._birth()
        gender = self._random.choice("mf")
        return self._name(gender), gender, self._birth()

    def _name(self, gender: str) -> str:
        book = self.book
        while True:
            family, middle = self._one(book["surnames"]), self._one(book["middle"][gender])
            words = [family, middle, self._random.choice(book["given"][gender])]
            name = " ".join(word for word in words if word)
            if name not in self._used:
                self._used.add(name)
                return name

    def _one(self, weights: dict[str, int]) -> str:
        return self._random.choices(list(weights), list(weights.values()))[0]

    def _birth(self) -> PartialDate:
        """Of about one in seven only the year is known, of a few the month."""
        year, month, day = self._random.randint(FIRST_BIRTH_YEAR, LAST_BIRTH_YEAR), 0, 0
        kind = self._random.random()
        if kind >= 0.15:
            month = self._random.randint(1, 12)
        if kind >= 0.18:
            day = self._random.randint(1, 28)
        precision = "day" if day else "month" if month else "year"
        return PartialDate(dt.date(year, month or 1, day or 1), precision)
