import json
import os
import stat
import subprocess
import sys

import pytest

from courses.constants.keys import FILE_NAME, KeysUnreadable, load_keys


def test_keys_are_made_once_and_only_their_owner_may_read_them(tmp_path):
    folder = tmp_path / "new" / "data"
    keys = load_keys(folder)
    assert load_keys(folder) == keys
    assert [path.name for path in folder.iterdir()] == [FILE_NAME]
    if os.name == "posix":
        assert stat.S_IMODE((folder / FILE_NAME).stat().st_mode) == 0o600


def test_every_key_is_long_and_none_is_used_twice(tmp_path):
    keys = load_keys(tmp_path)
    single = [*keys.citizen.values(), keys.fingerprint, keys.link, keys.pass_, keys.feed, keys.office_link]
    assert [len(key) for key in single] == [32] * 6
    assert len(set(single)) == 6
    assert len(keys.secret_key) >= 50
    assert keys.citizen_current in keys.citizen


def test_two_processes_that_start_at_once_get_the_same_keys(tmp_path):
    """Fails when the file is put in place by a rename, which the slower process would win."""
    program = (
        "import sys, pathlib; from courses.constants.keys import load_keys;"
        "print('ready', flush=True); sys.stdin.readline(); print(load_keys(pathlib.Path(sys.argv[1])).secret_key)"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    started = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    for process in started:
        assert process.stdout.readline() == "ready\n"
    for process in started:
        process.stdin.write("\n")
        process.stdin.flush()
    said = {process.communicate(timeout=30)[0] for process in started}
    assert said == {load_keys(tmp_path).secret_key + "\n"}
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]


def _without(name):
    def change(raw):
        del raw[name]
        return json.dumps(raw)

    return change


@pytest.mark.parametrize(
    "damage",
    [
        lambda raw: "",
        lambda raw: json.dumps(raw)[:100],
        lambda raw: "[]",
        lambda raw: "\x00" * 50,
        _without("secret_key"),
        _without("citizen"),
        _without("pass_"),
        lambda raw: json.dumps(raw | {"link": "c2hvcnQ="}),
        lambda raw: json.dumps(raw | {"link": None}),
        lambda raw: json.dumps(raw | {"citizen_current": "gone"}),
        lambda raw: json.dumps(raw | {"secret_key": "short"}),
    ],
)
def test_a_damaged_file_is_told_in_a_sentence_and_left_alone(tmp_path, damage):
    load_keys(tmp_path)
    path = tmp_path / FILE_NAME
    path.write_text(damage(json.loads(path.read_text())))
    before = path.read_bytes()
    with pytest.raises(KeysUnreadable) as refused:
        load_keys(tmp_path)
    assert str(path) in str(refused.value)
    assert path.read_bytes() == before


def test_a_place_that_cannot_be_written_is_told_in_a_sentence(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(KeysUnreadable, match="DATA_DIR"):
        load_keys(tmp_path / "file")


def test_no_key_is_shown_when_the_keys_are_printed(tmp_path):
    keys = load_keys(tmp_path)
    assert repr(keys) == f"Keys(citizen_current='{keys.citizen_current}')"
