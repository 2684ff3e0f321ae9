"""Rosters for tests: small CSV files with people who do not exist."""

import datetime as dt

from courses.constants.choices import CourseState
from courses.models import Course
from courses.tests.planning import make_course, make_office

TITLES = ("STT", "Họ và tên", "Ngày sinh", "Chức vụ", "Đơn vị", "Số điện thoại", "CCCD")
DAY = dt.date(2022, 6, 14)
#: Invented numbers: no serial beginning with 000 has been given out.
NUMBER = "093080000{:03d}"


class World:
    """A host with two wards that sends people to its class, and another host with a ward."""

    def __init__(self):
        self.host, self.other = make_office("a"), make_office("b")
        self.one = make_office("a-1", self.host)
        self.two = make_office("a-2", self.host)
        self.far = make_office("b-1", self.other)
        for office, name in ((self.one, "Phường Thử Một"), (self.two, "Phường Thử Hai"), (self.far, "Xã Thử Xa")):
            office.name, office.kind = name, "ward"
            office.save()
        self.course = running(self.host, "LOP-1")


def running(host, code: str, **fields) -> Course:
    values = {"starts_on": DAY, "ends_on": DAY + dt.timedelta(days=2), "state": CourseState.RUNNING}
    return make_course(host, code, **{**values, **fields})


def line(name="", birth="", position="", office="Phường Thử Một", phone="", number="") -> tuple:
    return name, birth, position, office, phone, number


def csv_of(*lines: tuple) -> bytes:
    rows = [TITLES, *((str(number), *one) for number, one in enumerate(lines, 1))]
    return "\n".join(",".join(row) for row in rows).encode()


_GIVEN = ("An", "Bình", "Châu", "Dung", "Em", "Giang", "Hà", "Khánh", "Lan", "Minh")


def many(count: int, office="Phường Thử Một") -> bytes:
    """People with different names, birth dates and citizen numbers."""
    return csv_of(
        *(
            line(
                f"Ngô Thử {_GIVEN[n // 10 % 10]} {_GIVEN[n % 10]}",
                f"{n % 28 + 1:02d}/03/1980",
                "Chuyên viên",
                office,
                f"09000{n:05d}",
                NUMBER.format(n),
            )
            for n in range(count)
        )
    )
