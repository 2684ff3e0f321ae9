"""Links renewed while somebody else renews them, or merges the person whose they are."""

import time

import pytest
from django.db import transaction

from courses.constants import links
from courses.constants.actors import SYSTEM
from courses.models import ActionLog, OfficeAnswer, Trainee
from courses.rules.actors import answer_of_link, trainee_of_link
from courses.services.links import renew_office_link, renew_trainee_link
from courses.services.registrations import register
from courses.tests.parallel import at_once
from courses.tests.services.test_merging import merge
from courses.tests.services.test_nominations import World

pytestmark = pytest.mark.django_db(transaction=True)


def test_renewals_at_the_same_moment_each_count_and_no_old_link_opens():
    """Without `select_for_update` PostgreSQL loses some: two organisers print the same link, and one more old link
    opens than the log says (tried)."""
    world = World()
    person = world.person()
    register(world.course, person, actor=SYSTEM)
    results = at_once(
        *[lambda: renew_office_link(world.answer, actor=SYSTEM)] * 4,
        *[lambda: renew_trainee_link(person, course=world.course, actor=SYSTEM)] * 4,
    )
    assert [result for result in results if isinstance(result, Exception)] == []
    assert OfficeAnswer.objects.get().link_version == 5
    assert Trainee.objects.get().link_version == 5
    assert ActionLog.objects.filter(action="renew link").count() == 8
    for version in range(1, 5):
        assert answer_of_link(links.office_token(world.answer.pk, version)) is None
        assert trainee_of_link(links.trainee_token(person.pk, version)) is None


@pytest.mark.parametrize("kept_first", [True, False])
def test_a_link_is_renewed_while_others_lock_both_rows_of_the_person(kept_first):
    """Both rows are locked by id, as merging locks them (`courses.services.merging.lock_two`). Lock them the other way
    round and PostgreSQL ends one of the two by a deadlock (tried)."""
    world = World()
    first, second = world.person("Ngô Thử Một"), world.person("Ngô Thử Mốt")
    kept, gone = (first, second) if kept_first else (second, first)
    register(world.course, kept, actor=SYSTEM)
    merge(kept, gone)

    def locks_both():
        with transaction.atomic():
            for person in (first, second):
                Trainee.objects.select_for_update().get(pk=person.pk)
                time.sleep(0.6)

    def renews():
        time.sleep(0.2)
        return renew_trainee_link(kept, course=world.course, actor=SYSTEM)

    results = at_once(locks_both, renews)
    assert [result for result in results if isinstance(result, Exception)] == []
    assert set(Trainee.objects.values_list("link_version", flat=True)) == {2}
