import json
import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from courses.constants.choices import CourseState
from courses.models import Course, ImportBatch, Office, Registration, Seats, Trainee
from courses.services.offices import load_offices
from courses.tests.listing import DAY, NUMBER, World, csv_of, line, many

ROSTERS = Path(__file__).resolve().parents[1] / "rosters"
EXPECTED = sorted((ROSTERS / "expected").glob("*.json"))
FIELDS = ("full_name", "gender", "birth", "position", "office", "phone", "email", "citizen_id")
KEYS = {"sheet", "row", "status", "decision", "problems", *FIELDS}


def run(file, *options, course="LOP-1"):
    """(exit code, what stands on standard output)."""
    out = StringIO()
    try:
        call_command("import_roster", str(file), "--course", course, *options, stdout=out, stderr=StringIO())
    except SystemExit as ended:
        return ended.code, out.getvalue()
    return 0, out.getvalue()


def run_json(file, *options, course="LOP-1"):
    code, text = run(file, "--json", *options, course=course)
    return code, json.loads(text)


@pytest.fixture
def world(db):
    return World()


@pytest.fixture
def roster(tmp_path):
    def write(data: bytes) -> Path:
        file = tmp_path / "danh sach.csv"
        file.write_bytes(data)
        return file

    return write


@pytest.mark.django_db
@pytest.mark.parametrize("expected", EXPECTED, ids=lambda file: file.stem)
def test_sample_rosters_are_read_as_a_person_reads_them(expected):
    load_offices()
    host = Office.objects.get(code="930")
    Course.objects.create(
        code="CCHC-2022", title="Lớp thử", host_office=host, starts_on=DAY, ends_on=DAY, state=CourseState.RUNNING
    )
    want = json.loads(expected.read_text())
    code, got = run_json(ROSTERS / expected.stem, "--dry-run", course="CCHC-2022")
    if want["refused"]:
        assert (code, bool(got["refused"]), got["rows"]) == (2, True, [])
        return
    assert (code, got["refused"]) == (0, None)
    rows = {(row["sheet"], row["row"]): row for row in got["rows"]}
    assert all(set(row) == KEYS for row in got["rows"])
    for person in want["people"]:
        row = rows.pop((person["sheet"], person["row"]))
        assert {field: row[field] for field in FIELDS} == {field: person[field] for field in FIELDS}
        assert (row["status"], row["problems"]) == ("ok", [])
    for flagged in want["flagged"]:
        row = rows.pop((flagged["sheet"], flagged["row"]))
        assert (row["status"], bool(row["problems"])) == ("problem", True)
    assert rows == {}


def test_a_dry_run_writes_nothing(world, roster):
    code, answer = run_json(roster(many(2)), "--dry-run")
    assert (code, [row["decision"] for row in answer["rows"]]) == (0, ["new", "new"])
    assert not ImportBatch.objects.exists()
    assert not Trainee.objects.exists()


def test_rows_in_order_are_registered_and_the_others_said(world, roster):
    Seats.objects.create(course=world.course, office=world.two, number=0)
    file = roster(
        csv_of(
            line("Ngô Thử An", "05/06/1980", number=NUMBER.format(1)),
            line("Lê Thử Bình", "31/02/1980"),
            line("Lê Thử Châu", "1980", office="Phường Thử Hai"),
        )
    )
    code, answer = run_json(file)
    assert code == 0
    assert [(row["status"], row["decision"]) for row in answer["rows"]] == [
        ("ok", "new"),
        ("problem", "new"),
        ("ok", "over seats"),
    ]
    assert answer["rows"][0] == {
        "sheet": None,
        "row": 2,
        "status": "ok",
        "decision": "new",
        "full_name": "Ngô Thử An",
        "gender": None,
        "birth": "1980-06-05",
        "position": None,
        "office": "a-1",
        "phone": None,
        "email": None,
        "citizen_id": NUMBER.format(1),
        "problems": [],
    }
    assert Registration.objects.get().trainee.full_name == "Ngô Thử An"
    code, again = run_json(file)
    assert [row["decision"] for row in again["rows"]] == ["known", "new", "over seats"]
    assert Registration.objects.count() == 1


def test_rows_that_name_no_office_get_that_of_the_option(world, roster):
    file = roster(csv_of(line("Ngô Thử An", "1980", office="")))
    _code, answer = run_json(file, "--office", "a-2", "--dry-run")
    assert answer["rows"][0]["office"] == "a-2"


def test_what_people_read_names_each_row_and_the_counts(world, roster):
    code, text = run(roster(csv_of(line("Ngô Thử An", "1980"), line("Lê Thử Bình", "31/02/1980"))))
    lines = text.splitlines()
    assert (code, len(lines)) == (0, 3)
    assert "Ngô Thử An" in lines[0]
    assert "Lê Thử Bình" in lines[1]
    assert re.findall(r"\d+", lines[2]) == ["2", "1", "0", "0", "1"]


@pytest.mark.parametrize("options", [["--course", "KHONG-CO"], ["--course", "LOP-1", "--office", "khong-co"]])
def test_an_unknown_class_or_office_is_refused_as_a_whole(world, roster, options):
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("import_roster", str(roster(many(1))), *options, "--json", stdout=out)
    answer = json.loads(out.getvalue())
    assert (ended.value.code, bool(answer["refused"]), answer["rows"]) == (2, True, [])


def test_a_file_that_is_not_there_is_refused_as_a_whole(world, tmp_path):
    code, answer = run_json(tmp_path / "none.xlsx")
    assert (code, bool(answer["refused"])) == (2, True)


def test_a_concluded_class_takes_nobody(world, roster):
    world.course.state = CourseState.CONCLUDED
    world.course.save()
    code, answer = run_json(roster(many(1)))
    assert (code, bool(answer["refused"])) == (2, True)
    assert not Trainee.objects.exists()


def test_a_directory_is_taken_in_without_a_class(world, roster):
    file = roster(csv_of(line("Ngô Thử An", "1980"), line("Lê Thử Bình", "31/02/1980")))
    for options, people in ((["--dry-run"], 0), ([], 1), ([], 1)):
        out = StringIO()
        call_command("import_roster", str(file), "--directory", "a", *options, "--json", stdout=out)
        assert [row["status"] for row in json.loads(out.getvalue())["rows"]] == ["ok", "problem"]
        assert (Trainee.objects.count(), Registration.objects.count()) == (people, 0)
    assert set(ImportBatch.objects.values_list("course", "kept_by__code")) == {(None, "a")}


def test_a_directory_kept_by_an_unknown_office_is_refused(world, roster):
    with pytest.raises(SystemExit):
        call_command("import_roster", str(roster(many(1))), "--directory", "khong-co", stderr=StringIO())
    assert not ImportBatch.objects.exists()
