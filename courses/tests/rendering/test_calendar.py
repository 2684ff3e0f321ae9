import datetime as dt
from dataclasses import replace

from icalendar import Calendar

from courses.rendering.calendar import CalendarSession, CourseCalendar, course_calendar

MORNING = CalendarSession(
    key=7,
    half="morning",
    starts_at=dt.datetime(2022, 6, 15, 0, 30, tzinfo=dt.UTC),
    ends_at=dt.datetime(2022, 6, 15, 4, 0, tzinfo=dt.UTC),
    location="Hội trường A, tầng 2; Ủy ban nhân dân",
    description="Chuyên đề 1\nChuyên đề 2",
    sequence=3,
)
AFTERNOON = replace(
    MORNING,
    key=8,
    half="afternoon",
    starts_at=dt.datetime(2022, 6, 15, 6, 30, tzinfo=dt.UTC),
    ends_at=dt.datetime(2022, 6, 15, 10, 0, tzinfo=dt.UTC),
    cancelled=True,
)
COURSE = CourseCalendar(
    code="CCHC-2022",
    title="Tập huấn cải cách hành chính, dân vận chính quyền và nâng cao chất lượng các chỉ số",
    changed_at=dt.datetime(2022, 6, 1, tzinfo=dt.UTC),
    sessions=(MORNING, AFTERNOON),
)


def events(course):
    return Calendar.from_ical(course_calendar(course)).events


def test_a_half_day_says_when_where_and_what():
    event = events(COURSE)[0]
    assert str(event["summary"]) == f"Buổi sáng 15/06/2022: {COURSE.title}"
    assert str(event["location"]) == MORNING.location
    assert str(event["description"]) == MORNING.description
    assert event["dtstart"].to_ical() == b"20220615T073000"
    assert event["dtstart"].params["TZID"] == "Asia/Ho_Chi_Minh"
    assert event["dtend"].dt - event["dtstart"].dt == dt.timedelta(hours=3, minutes=30)
    assert event["sequence"] == 3
    assert event["status"] == "CONFIRMED"


def test_a_cancelled_half_day_stays_and_says_so():
    event = events(COURSE)[1]
    assert event["status"] == "CANCELLED"
    assert str(event["summary"]).startswith("Hủy: Buổi chiều 15/06/2022")


def test_a_half_day_keeps_its_id_when_everything_else_changes():
    moved = replace(MORNING, starts_at=AFTERNOON.starts_at, ends_at=AFTERNOON.ends_at, half="afternoon", sequence=4)
    changed = replace(COURSE, title="Tên khác", sessions=(moved,))
    assert events(changed)[0]["uid"] == events(COURSE)[0]["uid"]
    assert len({str(event["uid"]) for event in events(COURSE)}) == 2


def test_the_time_zone_is_described_in_the_file():
    zone = Calendar.from_ical(course_calendar(COURSE)).timezones[0]
    assert str(zone["tzid"]) == "Asia/Ho_Chi_Minh"
    assert b"TZOFFSETTO:+0700" in course_calendar(COURSE)


def test_an_unchanged_class_gives_the_same_bytes():
    assert course_calendar(COURSE) == course_calendar(COURSE)


def test_a_class_without_half_days_is_an_empty_calendar():
    assert events(replace(COURSE, sessions=())) == []


def test_lines_are_at_most_75_bytes_and_end_as_the_standard_says():
    lines = course_calendar(COURSE).split(b"\r\n")
    assert lines[-1] == b""
    assert max(map(len, lines)) <= 75


def test_what_cannot_be_seen_in_a_name_breaks_no_line_of_the_file():
    """Word's line break is a vertical tab, and some readers take it, or U+2028, for the end of a line: take `_lines`
    out and the file has controls that the standard forbids."""
    bad = "Hội trường\x0bBEGIN:VALARM\x0c\x1c\x85\u2028\rA"
    content = course_calendar(
        replace(COURSE, title=bad, sessions=(replace(MORNING, location=bad, description=f"{bad}\nHai"),))
    ).decode()
    assert not set(content) & set("\x0b\x0c\x1c\x85\u2028")
    assert len(content.splitlines()) == content.count("\r\n")
    [event] = Calendar.from_ical(content).events
    assert str(event["location"]) == "Hội trường BEGIN:VALARM A"
    assert str(event["description"]).splitlines()[-1] == "Hai"
