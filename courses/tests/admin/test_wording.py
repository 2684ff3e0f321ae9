from django.utils.translation import override

from courses.admin.wording import changes_in_words, subject_in_words
from courses.models import ActionLog


def words(subject, changes):
    with override("en"):
        return changes_in_words(ActionLog(subject=subject, changes=changes))


def test_old_and_new_are_said_with_the_names_that_forms_use():
    assert words("courses.course", {"state": ["draft", "published"]}) == "state: Being prepared → Published"
    assert words("courses.course", {"capacity": [None, 60]}) == "size of the class: – → 60"


def test_a_list_of_rows_is_said_by_its_number_and_fields_without_values_by_their_names():
    assert words("courses.course", {"registrations": [7, 8, 9]}) == "registrations: 3"
    assert words("courses.course", {"fields": ["Title", "Code"]}) == "Title; Code"


def test_what_is_no_field_or_no_model_any_more_stands_as_it_is():
    assert words("courses.course", {"P-NV": [None, 3]}) == "P-NV: – → 3"
    assert words("gone.model", {"x": 1}) == "x: 1"
    assert subject_in_words("gone.model") == "gone.model"


def test_several_numbers_are_said_each_with_its_name_and_a_list_by_its_length():
    counts = {"counts": [None, {"present": 3, "absent": 1}]}
    assert words("attendance.sheet", counts) == "counts: – → present 3, absent 1"
    assert words("attendance.leaverequest", {"half_days": [None, [4, 5, 6]]}) == "half_days: – → 3"


def test_days_stand_as_they_are_written_here_and_answers_as_words():
    asked = {"due_on": [None, "2026-12-04"], "is_lost": [None, True]}
    assert words("attendance.correction", asked).endswith(": – → 04/12/2026; lost or damaged: – → Yes")
    assert words("courses.session", {"starts_at": ["", "2026-06-01T01:00:00+00:00"]}) == "begins: – → 08:00 01/06/2026"
    assert (
        words("courses.course", {"title": ["2026-12-99 x", "Lớp 2026-12-04"]}) == "title: 2026-12-99 x → Lớp 2026-12-04"
    )


def test_a_list_of_texts_is_said_and_one_of_rows_counted():
    assert words("attendance.certificate", {"replaces": ["122/2026/GCN"]}) == "stands in place of: 122/2026/GCN"
