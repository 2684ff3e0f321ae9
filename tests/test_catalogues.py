"""The Vietnamese of the site: complete, compiled, sure of itself, and ahead of the catalogues of Django and allauth."""

import ast
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

needs_catalogue = pytest.mark.skipif(not OWN.exists(), reason="there is no catalogue yet")


def entries(path):
    assert path.is_file(), f"{path} is missing"
    return list(polib.mofile(str(path)) if path.suffix == ".mo" else polib.pofile(str(path)))


def key(entry):
    return entry.msgctxt, entry.msgid, entry.msgid_plural


def texts(entry):
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def placeholders(text):
    return sorted(re.findall(r"%\(\w+\)[sd]|%[sd]|\{\w*\}", text))


@needs_catalogue
@pytest.mark.parametrize("path", CATALOGUES)
def test_no_entry_is_empty_fuzzy_or_left_over(path):
    wrong = [entry.msgid for entry in entries(path) if entry.fuzzy or entry.obsolete or not all(texts(entry))]
    assert not wrong, "each entry has its Vietnamese, and none is a guess of a machine"


@needs_catalogue
@pytest.mark.parametrize("path", CATALOGUES)
def test_no_entry_is_left_in_english(path):
    wrong = [entry.msgid for entry in entries(path) if entry.msgid in texts(entry)]
    assert not set(wrong) - SAME_IN_BOTH


@needs_catalogue
@pytest.mark.parametrize("path", CATALOGUES)
def test_every_placeholder_is_in_the_translation(path):
    # Of a text with a plural Vietnamese has one form, which says the number as the English plural does.
    wrong = [
        entry.msgid
        for entry in entries(path)
        if {*map(tuple, map(placeholders, texts(entry)))} != {tuple(placeholders(entry.msgid_plural or entry.msgid))}
    ]
    assert not wrong


@needs_catalogue
@pytest.mark.parametrize("path", CATALOGUES)
def test_the_compiled_file_is_current(path):
    source = {key(entry): texts(entry) for entry in entries(path)}
    compiled = {key(entry): texts(entry) for entry in entries(path.with_suffix(".mo"))}
    assert compiled == source, "run make messages"


@needs_catalogue
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
    made = {key(entry) for entry in entries(tmp_path / OWN.relative_to(ROOT))}
    kept = {key(entry) for entry in entries(OWN)}
    assert made - kept == set(), "these texts are not in the catalogue: run make messages and translate them"
    assert kept - made == set(), "these are in the catalogue and nowhere in the code: run make messages"
    overrides = tmp_path / OVERRIDES.relative_to(ROOT)
    assert overrides.read_bytes() == OVERRIDES.read_bytes(), "makemessages never touches the overrides"


@needs_catalogue
def test_our_words_win_over_those_of_django_and_allauth():
    own = {key(entry) for entry in entries(OWN)}
    with translation.override("vi"):
        for entry in entries(OVERRIDES):
            if key(entry) in own:
                continue
            if entry.msgid_plural:
                found = translation.ngettext(entry.msgid, entry.msgid_plural, 2)
                assert entry.msgctxt or found == entry.msgstr_plural[0]
            elif entry.msgctxt:
                assert translation.pgettext(entry.msgctxt, entry.msgid) == entry.msgstr
            else:
                assert translation.gettext(entry.msgid) == entry.msgstr


def test_no_text_is_translated_inside_an_f_string():
    translating = ("_", "gettext", "ngettext", "pgettext")
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for app in ("courses", "attendance", "vithanh_training")
        for path in (ROOT / app).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.JoinedStr)
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in translating
    ]
    assert not wrong, "makemessages does not look into f-strings"
