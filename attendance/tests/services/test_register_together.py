"""Register numbers when many prepare at once and when papers fail: no gap, no double."""

import random

import pytest
import typst
from django.db import connection

from attendance.models import Certificate, RegisterBook
from attendance.services.register import prepare_paper, prepare_papers
from attendance.tests.records import Class, numbers, prepared
from courses.models import ActionLog, Registration, Trainee
from courses.rendering import paper
from courses.tests.parallel import at_once

pytestmark = pytest.mark.usefixtures("english")


@pytest.mark.django_db(transaction=True)
def test_eight_officers_at_once_leave_no_gap_and_no_double_from_the_first_of_a_year():
    """40 people, each wanted by three of eight threads, and no book yet. Fails when the number is max() + 1."""
    lop = Class()
    people = lop.attended(40)
    chance = random.Random(8)
    piles = [[] for _ in range(8)]
    for person in people:
        for pile in chance.sample(piles, 3):
            pile.append(person)
    for pile in piles:
        chance.shuffle(pile)

    def act(pile):
        return lambda: [prepare_paper(person, lop.order, actor=lop.officer).pk for person in pile]

    assert not [result for result in at_once(*map(act, piles)) if isinstance(result, Exception)]
    assert numbers() == list(range(1, 41))
    assert RegisterBook.objects.get().last_number == 40
    assert Certificate.objects.values("registration").distinct().count() == 40
    assert ActionLog.objects.filter(action="prepare").count() == 40


#: A name that brings about a failure at another point each.
FAILING = {"Ngô Thử ☃": None, "Ngô Đầy Đĩa": OSError(28, "No space left"), "Ngô Hỏng Mẫu": RuntimeError("template"),
           "Ngô Ngắt Quãng": KeyboardInterrupt()}  # fmt: skip
REFUSED_BY_DATABASE = "Ngô Trái Luật"


@pytest.fixture
def failures(monkeypatch):
    """The drawing fails by name as a disk, a library or a person at the keyboard makes it fail."""
    real = typst.Compiler

    class Failing:
        def __init__(self, *args, **kwargs):
            self.real = real(*args, **kwargs)

        def compile(self, page, **kwargs):
            said = page.replace(rb"\\", b"\\").decode("unicode_escape").upper()
            for name, error in FAILING.items():
                if error is not None and name.upper() in said:
                    raise error
            return self.real.compile(page, **kwargs)

    monkeypatch.setattr(typst, "Compiler", Failing)
    monkeypatch.setattr(paper, "_kept", paper._Kept())  # no compiler of before, and none of these afterwards
    return monkeypatch


class Constraint:
    """A rule of the database that refuses the papers of one registration, whatever else they say."""

    def __init__(self, registration):
        self.postgres = connection.vendor == "postgresql"
        with connection.cursor() as cursor:
            if self.postgres:
                cursor.execute(
                    "ALTER TABLE attendance_certificate ADD CONSTRAINT tested CHECK (registration_id <> "
                    f"{registration.pk})"
                )
            else:
                cursor.execute(
                    "CREATE TRIGGER tested BEFORE INSERT ON attendance_certificate WHEN NEW.registration_id = "
                    f"{registration.pk} BEGIN SELECT RAISE(ABORT, 'CHECK constraint failed'); END"
                )

    def lift(self):
        with connection.cursor() as cursor:
            cursor.execute(
                "ALTER TABLE attendance_certificate DROP CONSTRAINT tested" if self.postgres else "DROP TRIGGER tested"
            )


@pytest.mark.django_db(transaction=True)
def test_failures_of_every_kind_leave_no_gap_and_do_not_stop_the_others(failures):
    """One in five fails: at the drawing, a full disk, a fault of a library, a cancelled run, a constraint.

    Fails when the number is taken outside the transaction of the paper.
    """
    lop = Class()
    people = lop.attended(20)
    bad = [people[n] for n in (2, 7, 9, 13, 16)]
    kinds = [*FAILING, REFUSED_BY_DATABASE]
    names = dict(zip(kinds, bad, strict=True))
    for name, person in names.items():
        Trainee.objects.filter(pk=person.trainee_id).update(full_name=name)
    constraint = Constraint(names[REFUSED_BY_DATABASE])
    try:
        with pytest.raises(KeyboardInterrupt):
            prepared(lop)
        before = numbers()
        assert before == list(range(1, len(before) + 1))
        others = [person.pk for person in people if person != names["Ngô Ngắt Quãng"]]
        results = prepare_papers(lop.course, lop.order, actor=lop.officer, registration_ids=others)
        failed = {result.registration.pk: result.sentence for result in results if result.certificate is None}
    finally:
        constraint.lift()
    assert numbers() == list(range(1, 16))
    assert failed.pop(names["Ngô Thử ☃"].pk).count("☃") == 2
    assert set(failed) == {names[name].pk for name in ("Ngô Đầy Đĩa", "Ngô Hỏng Mẫu", REFUSED_BY_DATABASE)}
    assert set(failed.values()) == {"It could not be saved. Nothing was lost; please try again."}
    failures.undo()
    Trainee.objects.filter(pk=names["Ngô Thử ☃"].trainee_id).update(full_name="Ngô Thử Tuyết")
    assert all(result.certificate for result in prepared(lop))
    assert numbers() == list(range(1, 21))
    assert Registration.objects.count() == 20
