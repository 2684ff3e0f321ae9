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
