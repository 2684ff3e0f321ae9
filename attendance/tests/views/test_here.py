import datetime as dt
import re
import threading
from itertools import islice, product
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from attendance.constants import MarkState
from attendance.models import Event, Grant, Mark
from attendance.rules.hall import code_at, lot_of
from attendance.rules.scans import SHORT_LETTERS
from attendance.services.hall import MOST_OPEN
from attendance.tests.records import Class
from courses.constants import links
from courses.constants.clock import now, set_clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def lop():
    lop = Class()
    set_clock(lop.general.starts_at)
    return lop


@pytest.fixture
def phone():
    """A browser that keeps no cookie, as that inside Zalo may not, and that is asked for the token of every form."""
    return Client(enforce_csrf_checks=True)


def code_page(lop):
    return reverse("attendance:here_code", args=[code_at(lop.general.pk, now())])


def guest(lop, **fields):
    [person] = lop.people(1, **({"phone": "0900000123"} | fields))
    return person


def right_of(response):
    return re.search(r'name="right" value="([^"]+)"', response.content.decode())[1]


def say(phone, right, person, **said):
    return phone.post(
        reverse("attendance:here_who"), {"right": right, "name": person.trainee.full_name, "phone_end": "0123", **said}
    )


def test_from_the_code_to_the_mark_without_a_cookie(lop, phone):
    person, other = guest(lop), guest(lop, phone="0900000999")
    assert lop.course.title in phone.get(code_page(lop)).content.decode()
    assert Grant.objects.count() == 0
    device = uuid4().hex
    asked = phone.post(code_page(lop), {"device": device})
    phone.cookies.clear()
    assert other.trainee.full_name not in asked.content.decode()
    assert "errorlist" in say(phone, right_of(asked), person).content.decode()
    done = say(phone, right_of(asked), person, device=device)
    assert (done.status_code, Mark.objects.get().state) == (200, MarkState.PRESENT)
    assert person.trainee.full_name in done.content.decode()
    assert len(Event.objects.get().device) == 36
    assert "no-store" in done["Cache-Control"]


def test_a_code_that_is_over_is_told_so_and_gives_no_right(lop, phone):
    address = code_page(lop)
    set_clock(now() + dt.timedelta(seconds=40))
    for response in (phone.get(address), phone.post(address), phone.get(reverse("attendance:here_code", args=["?"]))):
        assert response.status_code == 404
        assert 'name="code"' in response.content.decode()
    assert Grant.objects.count() == 0


def test_what_was_typed_wrongly_is_told_beside_the_field_and_the_right_stays_good(lop, phone):
    person = guest(lop)
    right = right_of(phone.post(code_page(lop)))
    for said in ({"phone_end": "12"}, {"phone_end": "", "birth_year": "75"}, {"phone_end": ""}, {"office": "x"}):
        response = say(phone, right, person, **said)
        assert response.status_code == 200
        assert "errorlist" in response.content.decode()
    assert say(phone, right, person).status_code == 200
    assert Mark.objects.count() == 1


def test_another_browser_cannot_use_a_right_that_was_passed_on(lop, phone):
    person = guest(lop)
    right = right_of(phone.post(code_page(lop)))
    other = Client(enforce_csrf_checks=True, headers={"user-agent": "Another/1.0"})
    assert "errorlist" in say(other, right, person).content.decode()
    assert Event.objects.count() == 0


def mistyped(code, number):
    """The code with one letter wrong, another one for each number."""
    place, turn = number % 6, 1 + number // 6 % 31
    wrong = SHORT_LETTERS[(SHORT_LETTERS.index(code[place]) + turn) % 32]
    return code[:place] + wrong + code[place + 1 :]


def in_the_lot_of(code, count):
    """So many wrong codes that are counted together with this one."""
    some = ("".join(letters) + code[3:] for letters in product(SHORT_LETTERS, repeat=3))
    return list(islice((one for one in some if lot_of(one) == lot_of(code) and one != code), count))


def test_a_hall_of_500_behind_one_address_is_never_shut(lop, phone):
    """T14. Within a quarter of an hour; one in five mistypes the code first, one in five takes one that is over."""
    answers = []
    for number in range(500):
        set_clock(lop.general.starts_at + dt.timedelta(seconds=1.8 * number))
        code = code_at(lop.general.pk, now())
        if number % 5 == 0:
            wrong = reverse("attendance:here_code", args=[mistyped(code, number // 5)])
            answers.append((phone.get(wrong).status_code, 404))
        if number % 5 == 1:
            over = code_at(lop.general.pk, now() - dt.timedelta(seconds=60))
            answers.append((phone.get(reverse("attendance:here_code", args=[over])).status_code, 404))
        answers.append((phone.post(code_page(lop)).status_code, 200))
    assert [got for got, right in answers if got != right] == []
    assert Grant.objects.count() == 500


def test_who_guesses_codes_is_shut_for_the_lots_that_are_used_up_and_nobody_elsewhere_is(lop, phone):
    """Ten wrong codes of each of 256 lots, in five minutes; the same one tried again is not counted."""
    code = code_at(lop.general.pk, now())
    page = reverse("attendance:here_code", args=[code])
    guesses = in_the_lot_of(code, 10)
    for guess in [*guesses[:9], *guesses[:9]]:
        assert phone.get(reverse("attendance:here_code", args=[guess])).status_code == 404
    assert phone.get(page).status_code == 200
    assert phone.post(reverse("attendance:here_code", args=[guesses[9]])).status_code == 404
    assert (phone.get(page).status_code, phone.post(page).status_code) == (429, 429)
    assert phone.get(page, REMOTE_ADDR="203.0.113.9").status_code == 200
    set_clock(now() + dt.timedelta(minutes=5))
    assert phone.get(code_page(lop)).status_code == 200


def test_a_forged_forwarded_address_gains_nobody_more_guesses(lop, phone):
    """T14. Only the proxies of this site are believed, and those before this application."""
    code = code_at(lop.general.pk, now())
    for number, guess in enumerate(in_the_lot_of(code, 10)):
        wrong = reverse("attendance:here_code", args=[guess])
        assert phone.get(wrong, HTTP_X_FORWARDED_FOR=f"10.0.0.{number}").status_code == 404
    page = reverse("attendance:here_code", args=[code])
    assert phone.get(page, HTTP_X_FORWARDED_FOR="10.1.1.1").status_code == 429


def test_the_rights_open_at_once_for_one_address_have_an_end(lop, phone):
    phone.post(code_page(lop))
    one = Grant.objects.get()
    Grant.objects.bulk_create(
        Grant(
            session=one.session,
            secret_hash=str(n),
            client_id=uuid4(),
            made_at=one.made_at,
            until=one.until,
            browser_hash="b",
            address_hash=one.address_hash,
        )
        for n in range(MOST_OPEN - 1)
    )
    refused = phone.post(code_page(lop))
    assert (refused.status_code, Grant.objects.count()) == (429, MOST_OPEN)
    assert phone.post(code_page(lop), REMOTE_ADDR="203.0.113.9").status_code == 200
    Grant.objects.filter(pk=one.pk).update(used_at=now())
    assert phone.post(code_page(lop)).status_code == 200


def test_a_name_tried_often_from_one_address_is_shut_and_the_hall_is_not(lop, phone):
    victim, others = guest(lop), [guest(lop, phone=f"09000004{n:02}") for n in range(3)]
    for number in range(10):
        right = right_of(phone.post(code_page(lop)))
        say(phone, right, victim, phone_end=f"90{number:02}")
    assert say(phone, right_of(phone.post(code_page(lop))), victim).status_code == 429
    for number, person in enumerate(others):
        right = right_of(phone.post(code_page(lop)))
        assert say(phone, right, person, phone_end=f"04{number:02}"[-4:]).status_code == 200
    assert Mark.objects.count() == 3


def test_a_name_written_otherwise_is_the_same_name_tried_often(lop, phone):
    """Capitals and spaces must not give ten tries more: four digits would soon be guessed."""
    victim = guest(lop)
    name = victim.trainee.full_name
    for spelt in [name.upper(), name.lower(), name.swapcase(), name.title(), f" {name}"] * 2:
        say(phone, right_of(phone.post(code_page(lop))), victim, name=spelt, phone_end="9999")
    assert say(phone, right_of(phone.post(code_page(lop))), victim).status_code == 429


def test_the_own_page_takes_the_code_alone(lop, phone):
    person = guest(lop)
    token = links.trainee_token(person.trainee_id, 1)
    page, address = reverse("attendance:trainee", args=[token]), reverse("attendance:trainee_here", args=[token])
    assert address in phone.get(page).content.decode()
    assert "ABCDEF" not in phone.post(address, {"code": "ABCDEF"}).content.decode()
    assert Mark.objects.count() == 0
    assert phone.post(address, {"code": code_at(lop.general.pk, now())}).status_code == 200
    assert Mark.objects.get().registration == person
    assert phone.get(address).status_code == 405


def test_a_link_with_which_codes_are_guessed_is_shut_whatever_the_address_and_others_are_not(lop, phone):
    one, other = guest(lop), guest(lop, phone="0900000999")
    own, others = (
        reverse("attendance:trainee_here", args=[links.trainee_token(person.trainee_id, 1)]) for person in (one, other)
    )
    for number in range(10):
        wrong = {"code": mistyped(code_at(lop.general.pk, now()), number)}
        assert phone.post(own, wrong, REMOTE_ADDR=f"203.0.113.{number}").status_code == 200
    right = {"code": code_at(lop.general.pk, now())}
    assert (phone.post(own, right).status_code, Event.objects.count()) == (429, 0)
    assert (phone.post(others, right).status_code, Event.objects.count()) == (200, 1)
    set_clock(now() + dt.timedelta(minutes=5))
    assert phone.post(own, {"code": code_at(lop.general.pk, now())}).status_code == 200
    assert Event.objects.count() == 2


def test_the_screen_shows_the_code_of_the_moment_and_only_around_its_half_day(lop, phone):
    token = links.screen_token(lop.general.pk, 1)
    page, current = reverse("attendance:here_screen", args=[token]), reverse("attendance:here_screen_now", args=[token])
    code = code_at(lop.general.pk, now())
    assert code in phone.get(page).content.decode()
    assert phone.get(current).json()["code"] == code
    set_clock(now() - dt.timedelta(days=1))
    assert phone.get(current).json()["code"] == ""
    for token in (links.door_token(lop.general.pk), links.screen_token(lop.first.pk + 99, 1), "x"):
        assert phone.get(reverse("attendance:here_screen", args=[token])).status_code == 404


def test_typing_the_code_leads_to_its_page(lop, phone):
    assert phone.get(reverse("attendance:here")).status_code == 200
    response = phone.get(reverse("attendance:here"), {"code": "abc-def9"})
    assert response["Location"] == reverse("attendance:here_code", args=["ABCDEF"])


@pytest.mark.parametrize("count", [1, 3])
def test_entering_costs_the_same_for_one_and_for_three(lop, phone, count, django_assert_num_queries):
    people = [guest(lop, phone=f"0900000{n}23") for n in range(count)]
    right = right_of(phone.post(code_page(lop)))
    with django_assert_num_queries(23):
        say(phone, right, people[0], phone_end="0023")


def test_who_has_nothing_on_file_is_sent_to_the_desk_in_the_words_for_any_wrong_answer(lop, phone):
    answers = []
    for person in (guest(lop, phone=""), guest(lop)):
        right = right_of(phone.post(code_page(lop)))
        said = {"phone_end": "", "birth_year": "1975", "office": person.office_id}
        main = say(phone, right, person, **said).content.decode().split("<main")[1]
        answers.append(main.replace(right, "").replace(person.trainee.full_name, ""))
    assert answers[0] == answers[1]
    assert "errorlist" in answers[0]
    assert Event.objects.count() == 0


def test_no_answer_holds_anybody_of_the_class_but_who_has_said_the_own_name(lop, phone):
    person, *others = [guest(lop, phone=f"0900{n}00123") for n in range(4)]
    screen = [links.screen_token(lop.general.pk, 1)]
    right = right_of(phone.post(code_page(lop)))
    answers = [
        phone.get(reverse("attendance:here")),
        phone.get(reverse("attendance:here_screen", args=screen)),
        phone.get(reverse("attendance:here_screen_now", args=screen)),
        phone.get(code_page(lop)),
        phone.get(reverse("attendance:here_code", args=["ABCDEF"])),
        phone.post(code_page(lop)),
        phone.post(reverse("attendance:here_who"), {"right": right, "name": "", "phone_end": "0123"}),
        phone.post(reverse("attendance:here_who"), {"right": right, "name": "Ngô Thử", "phone_end": "0123"}),
        say(phone, right, person, phone_end="0123"),
    ]
    for answer in answers:
        for other in others:
            assert other.trainee.full_name not in answer.content.decode()
    assert Event.objects.get().registration == person


@pytest.mark.django_db(transaction=True)
def test_a_page_sent_twice_at_the_same_moment_is_one_entry_and_answered_alike():
    """The thumb that taps twice; on PostgreSQL the two really run side by side."""
    lop = Class()
    set_clock(lop.general.starts_at)
    people = [guest(lop, phone=f"0900{n}00123") for n in range(10)]
    for number, person in enumerate(people, 1):
        right, ready, answers = right_of(Client().post(code_page(lop))), threading.Barrier(2), []

        def send(person=person, right=right, ready=ready, answers=answers):
            ready.wait(30)
            try:
                answers.append(say(Client(), right, person).status_code)
            finally:
                connection.close()

        threads = [threading.Thread(target=send) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert answers == [200, 200]
        assert (Event.objects.count(), Mark.objects.count()) == (number, number)
