import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.constants import links
from courses.constants.keys import load_keys

KINDS = [
    (links.trainee_token, links.trainee_id_of, links.is_trainee_token),
    (links.office_token, links.answer_id_of, links.is_office_token),
    (links.pass_code, links.registration_id_of, links.is_pass_code),
    (links.feed_code, links.feed_trainee_id_of, links.is_feed_code),
]
IDS = st.integers(1, 2**63 - 1)


@pytest.mark.parametrize(("make", "id_of", "is_right"), KINDS)
@given(IDS, st.integers(1, 1000))
def test_a_secret_tells_its_id_and_is_right_for_its_version_alone(make, id_of, is_right, number, version):
    secret = make(number, version)
    assert secret == make(number, version)
    assert id_of(secret) == number
    assert is_right(secret, number, version)
    assert not is_right(secret, number, version + 1)
    assert not is_right(secret, number % 2**62 + 2, version)


def test_a_secret_of_one_kind_opens_nothing_of_another():
    """Fails when two kinds share key and message."""
    for make, _id_of, _is_right in KINDS:
        opened = [is_right for _make, _id_of, is_right in KINDS if is_right(make(7, 1), 7, 1)]
        assert len(opened) == 1


def test_a_secret_of_another_installation_opens_nothing(settings, tmp_path):
    secret = links.trainee_token(7, 1)
    settings.KEYS = load_keys(tmp_path)
    assert not links.is_trainee_token(secret, 7, 1)


@given(IDS)
def test_a_secret_carries_eighty_bits_in_letters_that_no_one_mixes_up(number):
    token = links.trainee_token(number, 1)
    assert set(token) <= set("0123456789abcdefghjkmnpqrstvwxyz")
    assert len(token) - 16 == max(1, -(-number.bit_length() // 5))


def test_one_wrong_letter_anywhere_opens_nothing():
    """Fails when the MAC or the id is left out of the comparison."""
    token = links.trainee_token(12345, 3)
    for place, letter in enumerate(token):
        wrong = token[:place] + ("x" if letter != "x" else "y") + token[place + 1 :]
        number = links.trainee_id_of(wrong)
        assert number is None or not links.is_trainee_token(wrong, number, 3)
        assert not links.is_trainee_token(wrong, 12345, 3)


def test_a_secret_typed_in_capitals_is_read():
    token = links.office_token(35, 1).upper()
    assert links.answer_id_of(token) == 35
    assert links.is_office_token(token, 35, 1)


@pytest.mark.parametrize(
    "junk", ["", "x", "0" * 16, "0" * 17, "z" * 30, "a" * 100_000, "đ" * 17, "\x00" * 17, "-1" + "a" * 16, "lio u" * 5]
)
def test_junk_is_nobodys_secret(junk):
    for _make, id_of, is_right in KINDS:
        assert id_of(junk) is None
        assert not is_right(junk, 1, 1)


@given(st.text(st.characters(codec=None), max_size=40))
def test_no_text_at_all_breaks_the_reading(text):
    links.trainee_id_of(text)
    assert not links.is_trainee_token(text, 1, 1)
