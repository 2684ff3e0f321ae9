import pytest
from django.utils import translation

from courses.constants.errors import Refusal
from courses.models import Office, OfficeAlias, OfficeSuccession
from courses.services.offices import OFFICES_FILE, load_offices, set_paths
from courses.tests.planning import make_office

pytestmark = pytest.mark.django_db


def everything():
    return [list(model.objects.order_by("pk").values()) for model in (Office, OfficeAlias, OfficeSuccession)]


def test_loading_the_offices_twice_is_the_same_as_once():
    count = load_offices()
    before = everything()
    assert load_offices() == count == len(before[0]) == len(OFFICES_FILE.read_text(encoding="utf-8").splitlines()) - 1
    assert everything() == before


def test_offices_have_their_codes_parents_validity_and_successors():
    load_offices()
    host = Office.objects.get(code="930")
    ward = Office.objects.filter(parent=host, kind="ward").order_by("order").first()
    assert (host.official_code, host.code_system, host.path) == ("930", "GSO", f"/{host.pk}/")
    assert ward.path == f"/{host.pk}/{ward.pk}/"
    ended = OfficeSuccession.objects.filter(old=ward)
    assert {succession.date for succession in ended} == {ward.valid_to}
    assert ended.exists()


def test_what_the_file_does_not_name_is_left_alone(tmp_path):
    own = make_office("OWN")
    load_offices()
    own.refresh_from_db()
    assert own.name == "Đơn vị OWN"


def test_an_office_cannot_stand_above_itself_and_no_path_is_changed():
    above = make_office("A")
    below = make_office("B", above)
    paths = list(Office.objects.order_by("pk").values_list("path", flat=True))
    Office.objects.filter(pk=above.pk).update(parent=below)
    with translation.override("en"), pytest.raises(Refusal, match="cannot belong to an office below it"):
        set_paths()
    assert list(Office.objects.order_by("pk").values_list("path", flat=True)) == paths
