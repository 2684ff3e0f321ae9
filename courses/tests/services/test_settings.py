import pytest

from courses.constants.actors import NOBODY, SYSTEM, Actor
from courses.constants.errors import Refusal
from courses.models import ActionLog, Setting
from courses.reports.settings import yearly_targets
from courses.services.settings import set_yearly_targets
from courses.tests.planning import make_office, make_user, organiser_of, signed_in

pytestmark = pytest.mark.django_db
DEFAULTS = {"elected": 40, "civil_servant": 40, "public_employee": 40, "part_time": 40, "": 40}


def test_forty_periods_hold_until_the_administrator_says_otherwise_by_category(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert yearly_targets() == DEFAULTS
    set_yearly_targets({"elected": 80, "": 24}, actor=SYSTEM)
    with django_assert_num_queries(1):
        assert yearly_targets() == {**DEFAULTS, "elected": 80, "": 24}


def test_the_same_again_changes_nothing_and_each_change_is_logged():
    for _twice in range(2):
        set_yearly_targets({"elected": 80}, actor=SYSTEM)
    assert Setting.objects.count() == ActionLog.objects.filter(action="set setting").count() == 1


@pytest.mark.parametrize("number", [-1, 2001])
def test_a_number_that_no_year_has_is_refused(number):
    with pytest.raises(Refusal):
        set_yearly_targets({"elected": number}, actor=SYSTEM)
    assert yearly_targets() == DEFAULTS


def test_nobody_but_the_administrator_changes_them():
    for actor in (NOBODY, organiser_of(make_office("a")), Actor("trainee", trainee_id=1)):
        with pytest.raises(Refusal):
            set_yearly_targets({"elected": 80}, actor=actor)


def test_the_page_shows_what_holds_and_saves_it(client):
    boss = make_user()
    boss.is_superuser = boss.is_staff = True
    boss.save()
    signed_in(client, boss)
    page = "/admin/courses/setting/"
    assert 'name="civil_servant" value="40"' in client.get(page).content.decode()
    numbers = {"elected": 80, "civil_servant": 40, "public_employee": 40, "part_time": 16, "none_entered": 24}
    assert client.post(page, {**numbers, "elected": "-1"}).status_code == 200
    assert client.post(page, numbers).status_code == 302
    assert yearly_targets() == {**DEFAULTS, "elected": 80, "part_time": 16, "": 24}
