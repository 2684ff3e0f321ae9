import base64
import dataclasses

import pytest

from courses.constants.citizen_numbers import decrypt, encrypt, fingerprint
from courses.constants.errors import Refusal
from courses.constants.keys import load_keys

MAN_1975 = "093075000012"


def test_a_number_is_read_back_and_looks_different_each_time():
    one, other = encrypt(MAN_1975), encrypt(MAN_1975)
    assert one != other
    assert decrypt(one) == decrypt(other) == MAN_1975
    assert MAN_1975 not in one


def test_any_text_is_kept_in_the_same_way():
    assert decrypt(encrypt("Nguyễn Văn Thử; 093075000012")) == "Nguyễn Văn Thử; 093075000012"


def test_an_old_key_still_reads_what_it_wrote(settings, tmp_path):
    old = encrypt(MAN_1975)
    settings.KEYS = dataclasses.replace(
        settings.KEYS, citizen=dict(settings.KEYS.citizen) | {"next": bytes(32)}, citizen_current="next"
    )
    assert encrypt(MAN_1975).startswith("next:")
    assert decrypt(old) == MAN_1975


def test_without_its_key_a_number_is_refused_with_a_sentence(settings, tmp_path):
    value = encrypt(MAN_1975)
    settings.KEYS = dataclasses.replace(load_keys(tmp_path), citizen={"other": bytes(32)}, citizen_current="other")
    with pytest.raises(Refusal):
        decrypt(value)


def _changed(value):
    key_id, sealed = value.split(":")
    raw = bytearray(base64.b64decode(sealed))
    raw[-1] ^= 1
    return f"{key_id}:{base64.b64encode(raw).decode()}"


@pytest.mark.parametrize(
    "damage",
    [_changed, lambda v: v[:-8], lambda v: v[:8], lambda v: v.split(":")[0] + ":", lambda v: "", lambda v: v + "!"],
)
def test_a_changed_value_is_refused_and_never_read_as_another_number(damage):
    with pytest.raises(Refusal):
        decrypt(damage(encrypt(MAN_1975)))


def test_a_value_moved_under_another_keys_name_is_refused(settings):
    """Fails when the key's name is left out of what is authenticated."""
    keys = settings.KEYS
    settings.KEYS = dataclasses.replace(keys, citizen={**keys.citizen, "twin": keys.citizen[keys.citizen_current]})
    with pytest.raises(Refusal):
        decrypt("twin:" + encrypt(MAN_1975).split(":")[1])


def test_fingerprints_are_equal_for_equal_numbers_and_need_the_key(settings, tmp_path):
    mine = fingerprint(MAN_1975)
    assert mine == fingerprint(MAN_1975) != fingerprint("093075000013")
    assert len(mine) == 64
    settings.KEYS = load_keys(tmp_path)
    assert fingerprint(MAN_1975) != mine
