"""The Vietnamese of the site: complete, compiled, sure of itself, and ahead of the catalogues of Django and allauth."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.utils import translation

ROOT = Path(settings.BASE_DIR)
OWN = ROOT / "locale" / "vi" / "LC_MESSAGES" / "django.po"
OVERRIDES = ROOT / "locale" / "overrides" / "vi" / "LC_MESSAGES" / "django.po"
CATALOGUES = [pytest.param(OWN, id="own"), pytest.param(OVERRIDES, id="overrides")]
# Names and signs that read the same in both languages.
SAME_IN_BOTH = {"Excel", "Word", "PDF", "QR", "Zalo", "PAR INDEX", "PCI", "PAPI", "SIPAS", "English", "Tiếng Việt"}

pytestmark = pytest.mark.skipif(not OWN.exists(), reason="there is no catalogue yet")


def key(entry):
    return entry.msgctxt, entry.msgid, entry.msgid_plural


def texts(entry):
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def placeholders(text):
    return sorted(re.findall(r"%\(\w+\)[sd]|%[sd]|\{\w*\}", text))


@pytest.mark.parametrize("path", CATALOGUES)
def test_no_entry_is_empty_fuzzy_or_left_over(path):
    wrong = [entry.msgid for entry in polib.pofile(path) if entry.fuzzy or entry.obsolete or not all(texts(entry))]
    assert not wrong, "each entry has its Vietnamese, and none is a guess of a machine"


@pytest.mark.parametrize("path", CATALOGUES)
def test_no_entry_is_left_in_english(path):
    wrong = [entry.msgid for entry in polib.pofile(path) if entry.msgid in texts(entry)]
    assert not set(wrong) - SAME_IN_BOTH


@pytest.mark.parametrize("path", CATALOGUES)
def test_every_placeholder_is_in_the_translation(path):
    # Of a text with a plural Vietnamese has one form, which says the number as the English plural does.
    wrong = [
        entry.msgid
        for entry in polib.pofile(path)
        if {*map(tuple, map(placeholders, texts(entry)))} != {tuple(placeholders(entry.msgid_plural or entry.msgid))}
    ]
    assert not wrong


@pytest.mark.parametrize("path", CATALOGUES)
def test_the_compiled_file_is_current(path):
    source = {key(entry): texts(entry) for entry in polib.pofile(path)}
    compiled = {key(entry): texts(entry) for entry in polib.mofile(path.with_suffix(".mo"))}
    assert compiled == source, "run make messages"


def test_the_catalogue_has_every_text_of_the_source_and_no_other(tmp_path):
    for name in ("manage.py", "vithanh_training", "courses", "attendance", "templates", "locale"):
        source, target = ROOT / name, tmp_path / name
        ignored = shutil.ignore_patterns("tests", "__pycache__")
        shutil.copy(source, target) if source.is_file() else shutil.copytree(source, target, ignore=ignored)
    done = subprocess.run(
        [sys.executable, "manage.py", "makemessages", "--locale=vi", "--no-obsolete", "--verbosity=0"],
        cwd=tmp_path,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "DATA_DIR": str(tmp_path / "data")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    made = {key(entry) for entry in polib.pofile(tmp_path / OWN.relative_to(ROOT))}
    kept = {key(entry) for entry in polib.pofile(OWN)}
    assert made - kept == set(), "these texts are not in the catalogue: run make messages and translate them"
    assert kept - made == set(), "these are in the catalogue and nowhere in the code: run make messages"
    overrides = tmp_path / OVERRIDES.relative_to(ROOT)
    assert overrides.read_bytes() == OVERRIDES.read_bytes(), "makemessages never touches the overrides"


def test_our_words_win_over_those_of_django_and_allauth():
    own = {key(entry) for entry in polib.pofile(OWN)}
    with translation.override("vi"):
        for entry in polib.pofile(OVERRIDES):
            if key(entry) in own:
                continue
            if entry.msgid_plural:
                found = translation.ngettext(entry.msgid, entry.msgid_plural, 2)
                assert entry.msgctxt or found == entry.msgstr_plural[0]
            elif entry.msgctxt:
                assert translation.pgettext(entry.msgctxt, entry.msgid) == entry.msgstr
            else:
                assert translation.gettext(entry.msgid) == entry.msgstr
