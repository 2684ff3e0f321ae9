"""The Vietnamese of the site: complete, compiled, sure of itself, and ahead of the catalogues of Django and allauth."""

import ast
import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest
from allauth.account.forms import LoginForm
from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils import translation

from courses.tests.planning import make_user, signed_in

ROOT = Path(settings.BASE_DIR)
OWN = ROOT / "locale" / "vi" / "LC_MESSAGES" / "django.po"
OVERRIDES = ROOT / "locale" / "overrides" / "vi" / "LC_MESSAGES" / "django.po"
IN_THE_BROWSER = OVERRIDES.with_name("djangojs.po")
CATALOGUES = [
    pytest.param(OWN, id="own"),
    pytest.param(OVERRIDES, id="overrides"),
    pytest.param(IN_THE_BROWSER, id="browser"),
]
# Names and signs that read the same in both languages.
SAME_IN_BOTH = {"Excel", "Word", "PDF", "QR", "Zalo", "PAR INDEX", "PCI", "PAPI", "SIPAS", "English", "Tiếng Việt"}
# What a translation tool says and an official frowns at; people are addressed as Ông/Bà.
NOT_OUR_WORDS = re.compile(
    r"\b(?:bạn|vui lòng|tập tin|phát hành|ghi danh|tranh chấp|khóa học|thời khóa biểu|diễn giả|thực tập sinh|sinh viên"
    r"|xác minh|hợp lệ|chứng thư(?! số)|đề cử|đệ trình|điều phối viên|nhà tổ chức|hạn chót|chấm công|khách vãng lai"
    r"|ghi đè|đánh dấu|deadline|token|hash|sổ cái)\b",
    re.IGNORECASE,
)
# Where Django and allauth say what our overrides have no Vietnamese for: see the heading of that file.
LEFT_OUT = re.compile(
    r"conf/global_settings\.py|views/templates/default_urlconf\.html"
    r"|templates/(?:account|mfa)/email/|(?:templates/)?(?:socialaccount|headless|idp|openid|saml|usersessions)/"
)
SAME_WORD = {"…", "%(truncated_text)s…", "IPv4", "IPv6"}
OTHERS = [
    *(("django.conf", "django"), ("django.contrib.admin", "django"), ("django.contrib.admin", "djangojs")),
    *((f"django.contrib.{name}", "django") for name in ("auth", "contenttypes", "humanize", "sessions")),
    ("allauth", "django"),
]


def entries(path):
    assert path.is_file(), f"{path} is missing"
    return list(polib.mofile(str(path)) if path.suffix == ".mo" else polib.pofile(str(path)))


def catalogue_of_others(package, domain, language):
    """The entries of a catalogue that came with a package; none where it has no such language."""
    folder = Path(importlib.util.find_spec(package).origin).parent
    path = folder / "locale" / language / "LC_MESSAGES" / f"{domain}.po"
    return polib.pofile(path.read_text(encoding="utf-8-sig")) if path.is_file() else []


def key(entry):
    return entry.msgctxt, entry.msgid, entry.msgid_plural


def texts(entry):
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def placeholders(text):
    return sorted(re.findall(r"%\(\w+\)[sd]|%[sd]|\{\w*\}", text))


@pytest.mark.parametrize("path", CATALOGUES)
def test_no_entry_is_empty_fuzzy_or_left_over(path):
    wrong = [entry.msgid for entry in entries(path) if entry.fuzzy or entry.obsolete or not all(texts(entry))]
    assert not wrong, "each entry has its Vietnamese, and none is a guess of a machine"


@pytest.mark.parametrize("path", CATALOGUES)
def test_no_entry_is_left_in_english(path):
    wrong = [entry.msgid for entry in entries(path) if entry.msgid in texts(entry)]
    assert not set(wrong) - SAME_IN_BOTH


@pytest.mark.parametrize("path", CATALOGUES)
def test_every_placeholder_is_in_the_translation(path):
    # Of a text with a plural Vietnamese has one form, which says the number as the English plural does.
    wrong = [
        entry.msgid
        for entry in entries(path)
        if {*map(tuple, map(placeholders, texts(entry)))} != {tuple(placeholders(entry.msgid_plural or entry.msgid))}
    ]
    assert not wrong


@pytest.mark.parametrize("path", CATALOGUES)
def test_the_compiled_file_is_current(path):
    source = {key(entry): texts(entry) for entry in entries(path)}
    compiled = {key(entry): texts(entry) for entry in entries(path.with_suffix(".mo"))}
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
    made = {key(entry) for entry in entries(tmp_path / OWN.relative_to(ROOT))}
    kept = {key(entry) for entry in entries(OWN)}
    assert made - kept == set(), "these texts are not in the catalogue: run make messages and translate them"
    assert kept - made == set(), "these are in the catalogue and nowhere in the code: run make messages"
    overrides = tmp_path / OVERRIDES.relative_to(ROOT)
    assert overrides.read_bytes() == OVERRIDES.read_bytes(), "makemessages never touches the overrides"


@pytest.mark.parametrize("path", CATALOGUES)
def test_officials_are_addressed_in_the_words_of_offices(path):
    wrong = [text for entry in entries(path) for text in texts(entry) if NOT_OUR_WORDS.search(text)]
    assert not wrong


@pytest.mark.parametrize(("package", "domain"), OTHERS)
def test_what_django_and_allauth_say_has_its_vietnamese(package, domain):
    said = {key(entry) for path in (OWN, OVERRIDES.with_name(f"{domain}.po")) for entry in entries(path)}
    said |= {key(entry) for entry in catalogue_of_others(package, domain, "vi") if entry.translated()}
    wrong = [
        entry.msgid
        for entry in catalogue_of_others(package, domain, "en")
        if key(entry) not in said
        and entry.msgid not in SAME_WORD
        and not all(LEFT_OUT.match(place) for place, _line in entry.occurrences)
    ]
    assert not wrong, "add these to the overrides by hand"


@pytest.mark.parametrize("path", [OVERRIDES, IN_THE_BROWSER], ids=["server", "browser"])
def test_every_override_is_said_by_django_or_allauth(path):
    known = {
        key(entry)
        for package, domain in OTHERS
        if domain == path.stem
        for entry in catalogue_of_others(package, domain, "en")
    }
    wrong = [entry.msgid for entry in entries(path) if key(entry) not in known]
    assert not wrong, "nobody says these any more, or not letter by letter so"


def test_our_words_win_over_those_of_django_and_allauth():
    own = {key(entry) for entry in entries(OWN)}
    with translation.override("vi"):
        for entry in entries(OVERRIDES):
            if key(entry) in own:
                continue
            one, many, context = entry.msgid, entry.msgid_plural, entry.msgctxt
            if many:
                found = translation.npgettext(context, one, many, 2) if context else translation.ngettext(one, many, 2)
            else:
                found = translation.pgettext(context, one) if context else translation.gettext(one)
            assert [found] == texts(entry)


@pytest.mark.parametrize(
    ("english", "vietnamese"),
    [
        ("Log out", "Đăng xuất"),
        ("History", "Lịch sử thay đổi"),
        ("change message", "nội dung thay đổi"),
        ("Action:", "Thao tác:"),
        ("Go", "Thực hiện"),
        ("Add", "Thêm"),
        ("Change", "Sửa"),
        ("Site administration", "Trang làm việc"),
        ("Monday", "Thứ Hai"),
        ("This field is required.", "Mục này bắt buộc nhập."),
        ("You have signed out.", "Đã đăng xuất."),
    ],
)
def test_the_words_that_offices_asked_for_stand(english, vietnamese):
    with translation.override("vi"):
        assert translation.gettext(english) == vietnamese


def test_forms_speak_our_words():
    with translation.override("vi"):
        assert forms.CharField().error_messages["required"] == "Mục này bắt buộc nhập."
        login = LoginForm()
        assert [str(login.fields[name].label) for name in ("login", "password")] == ["Tên đăng nhập", "Mật khẩu"]


@pytest.mark.django_db
def test_the_lists_of_the_admin_speak_our_words(client):
    page = signed_in(client, make_user(is_superuser=True, is_staff=True)).get(reverse("admin:courses_user_changelist"))
    text = page.content.decode()
    for words in ("Thao tác:", "Thực hiện", "Đã chọn 0/1", "Đăng xuất"):
        assert words in text
    for words in ("Hoạt động:", "Đi đến", "được chọn", "Thoát"):
        assert words not in text


@pytest.mark.django_db
def test_the_scripts_of_the_admin_speak_our_words(client):
    script = signed_in(client, make_user(is_superuser=True, is_staff=True)).get(reverse("admin:jsi18n"))
    text = script.content.decode()
    assert json.dumps("Đã chọn %(sel)s/%(cnt)s") in text
    assert json.dumps("được chọn").strip('"') not in text


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
