"""The class, offices and known people that the benchmarks of rosters work on."""

import datetime as dt
from collections.abc import Iterable, Iterator

import tablib
from import_export import fields, resources, widgets

from benchmarks._people import people
from courses.constants import citizen_numbers
from courses.constants.names import search_key, sort_key, split_name
from courses.constants.partial_dates import PartialDate
from courses.models import Course, Office, Registration, Trainee
from courses.readers.records import RosterRow
from courses.services.offices import load_offices

DAY = dt.date(2022, 6, 15)
_SEALED = "k1:" + "A" * 64  # nobody opens it; sealing a hundred thousand is no part of what is measured


def offices() -> list[Office]:
    """Offices of the lists, in the order in which `people` hands them out."""
    load_offices()
    names = ["Phường I", "Phường III", "Phường V", "Xã Vị Tân", "Xã Hỏa Lựu"]
    found = {office.name: office for office in Office.objects.valid_on(DAY).filter(name__in=names)}
    return [found[name] for name in sorted(found)]


def course(code: str, host: Office) -> Course:
    return Course.objects.create(
        code=code, title="Lớp để đo", host_office=host, starts_on=DAY, ends_on=DAY, state="published"
    )


def trainee_values(at: list[Office], count: int, first: int = 0) -> Iterator[dict]:
    """All columns of people as they are kept."""
    by_name = {office.name: office for office in at}
    for name, birth, gender, position, office, phone, email, number in people(count, list(by_name), first=first):
        family, middle, given = split_name(name)
        yield {
            "full_name": name, "family_name": family, "middle_name": middle, "given_name": given, "gender": gender,
            "sort_key": sort_key(family, middle, given), "search_key": search_key(name), "birth_first": birth,
            "birth_precision": "day", "position": position, "office": by_name[office], "phone": phone, "email": email,
            "citizen_number_sealed": _SEALED, "citizen_number_fingerprint": citizen_numbers.fingerprint(number),
        }  # fmt: skip


def rows(at: list[Office], count: int, first: int = 0) -> list[RosterRow]:
    """The same people as rows of a list that was read."""
    every = enumerate(people(count, [office.name for office in at], first=first), 2)
    return [
        RosterRow("DS", n, name, gender, PartialDate(birth), position, office, "column", phone, email, number)
        for n, (name, birth, gender, position, office, phone, email, number) in every
    ]


class OfficeWidget(widgets.ForeignKeyWidget):
    def __init__(self):
        super().__init__(Office, "code")


class TraineeResource(resources.ModelResource):
    """What somebody who takes django-import-export as it comes would write: people known by their number."""

    office = fields.Field("office", "office", OfficeWidget())

    class Meta:
        model = Trainee
        import_id_fields = ("citizen_number_fingerprint",)
        fields = (
            "full_name", "family_name", "middle_name", "given_name", "gender", "sort_key", "search_key", "birth_first",
            "birth_precision", "position", "office", "phone", "email", "citizen_number_sealed",
            "citizen_number_fingerprint",
        )  # fmt: skip


class RegistrationResource(resources.ModelResource):
    """The same people into a class, each found by the number again."""

    course = fields.Field("course", "course", widgets.ForeignKeyWidget(Course, "code"))
    trainee = fields.Field("trainee", "trainee", widgets.ForeignKeyWidget(Trainee, "citizen_number_fingerprint"))
    office = fields.Field("office", "office", OfficeWidget())

    class Meta:
        model = Registration
        import_id_fields = ("course", "trainee")
        fields = ("course", "trainee", "office", "office_name", "position", "state")


def registrations(at: Course, values: Iterable[dict]) -> tablib.Dataset:
    """People of a class as django-import-export takes them."""
    lines = [
        [
            at.code,
            one["citizen_number_fingerprint"],
            one["office"].code,
            one["office"].name,
            one["position"],
            "confirmed",
        ]
        for one in values
    ]
    return tablib.Dataset(*lines, headers=RegistrationResource.Meta.fields)


def dataset(values: Iterable[dict]) -> tablib.Dataset:
    """People as django-import-export takes them."""
    names = TraineeResource.Meta.fields
    lines = [[line["office"].code if name == "office" else line[name] for name in names] for line in values]
    return tablib.Dataset(*lines, headers=names)
