"""Settings come from the environment; a wrong one stops the start with one sentence; no secret has a default."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

PRINTED = (
    "import json, django; django.setup()\n"
    "from django.conf import settings as s\n"
    "print(json.dumps({name: getattr(s, name) for name in NAMES.split()}, default=str))\n"
)


def run(*arguments, tmp_path, **variables):
    """A process of its own with nothing in its environment but what the test gives."""
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "vithanh_training.settings",
        "DATA_DIR": str(tmp_path / "data"),
        "PYTHONIOENCODING": "utf-8",
    } | variables
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def read(names, *, tmp_path, **variables):
    done = run("-c", PRINTED.replace("NAMES", repr(names)), tmp_path=tmp_path, **variables)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


WRONG = [
    {"PORT": "eight"},
    {"PORT": "70000"},
    {"SITE_URL": "ftp://taphuan.example"},
    {"SITE_URL": "https://taphuan.example/path"},
    {"SITE_URL": "taphuan.example"},
    {"SITE_URL": "http://taphuan.example"},
    {"SITE_URL": "http://192.168.1.10:8000"},
    {"ALLOW_HTTP": "perhaps"},
    {"DEMO": "perhaps"},
    {"ALLOWED_HOSTS": "*"},
    {"ALLOWED_HOSTS": "https://taphuan.example"},
    {"TRUSTED_PROXIES": "proxy"},
    {"TRUSTED_PROXIES": "*"},
    {"TLS_CERT": "cert.pem"},
    {"TLS_CERT": "no-such.pem", "TLS_KEY": "no-such.key"},
    {"SIGNING_P12": "no-such.p12"},
    {"SIGNING_P12": "manage.py"},
    {"SIGNING_PASSWORD": "bimat"},
    {"SIGNING_TSA": "http://tsa.example"},
    {"DATABASE_URL": "mysql://root:bimat@localhost/training"},
    {"DATABASE_URL": "postgres:///"},
    {"DATABASE_URL": "sqlite:////no/such/folder/training.sqlite3"},
    {"DATABASE_URL": "nonsense"},
    {"SECRET_KEY": "short"},
    {"EMAIL_URL": "pigeon://loft"},
    {"EMAIL_URL": "smtp://"},
    {"DATA_DIR": "/proc/no-such-folder"},
]


@pytest.mark.parametrize("variables", WRONG, ids=["-".join(f"{k}={v}" for k, v in w.items()) for w in WRONG])
def test_a_wrong_value_stops_the_start_with_a_sentence(variables, tmp_path):
    done = run("manage.py", "check", tmp_path=tmp_path, **variables)
    assert done.returncode == 1
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert any(name in done.stderr for name in variables)
    assert "bimat" not in done.stderr


def test_a_damaged_key_file_stops_the_start_and_is_not_replaced(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "keys.json").write_text("{")
    done = run("manage.py", "check", tmp_path=tmp_path)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert (tmp_path / "data" / "keys.json").read_text() == "{"


def test_keys_are_made_on_the_first_run_and_kept(tmp_path):
    first = read("SECRET_KEY", tmp_path=tmp_path)
    path = tmp_path / "data" / "keys.json"
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read("SECRET_KEY", tmp_path=tmp_path) == first
    assert read("SECRET_KEY", tmp_path=tmp_path, DATA_DIR=str(tmp_path / "other")) != first


def test_a_secret_key_of_the_environment_wins(tmp_path):
    assert read("SECRET_KEY", tmp_path=tmp_path, SECRET_KEY="kh0ng" * 12)["SECRET_KEY"] == "kh0ng" * 12


@pytest.mark.parametrize("variables", [{}, {"DEBUG": "1"}, {"DJANGO_DEBUG": "True"}])
def test_debug_cannot_be_switched_on_from_outside(variables, tmp_path):
    assert read("DEBUG", tmp_path=tmp_path, **variables) == {"DEBUG": False}


def test_without_anything_set_the_site_is_for_this_computer_alone(tmp_path):
    found = read("SITE_URL ALLOWED_HOSTS SECURE_SSL_REDIRECT SESSION_COOKIE_SECURE", tmp_path=tmp_path, PORT="8001")
    assert found == {
        "SITE_URL": "http://127.0.0.1:8001",
        "ALLOWED_HOSTS": ["127.0.0.1", "localhost", "127.0.0.1", "[::1]"],
        "SECURE_SSL_REDIRECT": False,
        "SESSION_COOKIE_SECURE": False,
    }


def test_a_trial_without_https_must_be_asked_for_and_is_known(tmp_path):
    variables = {"SITE_URL": "http://192.168.1.10:8000", "ALLOW_HTTP": "1"}
    assert read("ON_TRIAL_WITHOUT_HTTPS", tmp_path=tmp_path, **variables) == {"ON_TRIAL_WITHOUT_HTTPS": True}


def test_https_passes_djangos_own_deployment_check(tmp_path):
    done = run(
        "manage.py",
        "check",
        "--deploy",
        "--fail-level",
        "WARNING",
        tmp_path=tmp_path,
        SITE_URL="https://taphuan.example",
    )
    assert done.returncode == 0, done.stderr


def test_postgresql_keeps_connections_and_checks_them(tmp_path):
    url = "postgres://ai:mat%40khau@db.example:5433/tap_huan"
    database = read("DATABASES", tmp_path=tmp_path, DATABASE_URL=url)["DATABASES"]["default"]
    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert (database["HOST"], database["PORT"], database["NAME"]) == ("db.example", 5433, "tap_huan")
    assert (database["USER"], database["PASSWORD"]) == ("ai", "mat@khau")
    assert (database["CONN_MAX_AGE"], database["CONN_HEALTH_CHECKS"]) == (60, True)


def test_email_is_optional_and_read_from_one_address(tmp_path):
    assert read("EMAIL_BACKEND", tmp_path=tmp_path)["EMAIL_BACKEND"].endswith("dummy.EmailBackend")
    found = read("EMAIL_HOST EMAIL_USE_TLS", tmp_path=tmp_path, EMAIL_URL="smtp+tls://a:b@mail.example:587")
    assert found == {"EMAIL_HOST": "mail.example", "EMAIL_USE_TLS": True}


def test_forwarded_headers_count_only_from_a_trusted_proxy(tmp_path):
    program = (
        "from vithanh_training.wsgi import application\n"
        "from django.core.handlers.wsgi import WSGIRequest\n"
        "import json, sys\n"
        "seen = []\n"
        "import courses.views.probes as probes\n"
        "from django.test import RequestFactory\n"
        "for address in ('10.0.0.1', '10.0.0.2'):\n"
        "    environ = RequestFactory().get('/healthz', REMOTE_ADDR=address, HTTP_HOST='localhost',\n"
        "        HTTP_X_FORWARDED_FOR='203.0.113.9', HTTP_X_FORWARDED_PROTO='https').environ\n"
        "    application(environ, lambda *a: None)\n"
        "    seen.append([environ['REMOTE_ADDR'], environ['wsgi.url_scheme']])\n"
        "print(json.dumps(seen))\n"
    )
    done = run("-c", program, tmp_path=tmp_path, TRUSTED_PROXIES="10.0.0.1", SITE_URL="https://taphuan.example")
    assert json.loads(done.stdout) == [["203.0.113.9", "https"], ["10.0.0.2", "http"]], done.stderr


def test_the_policy_allows_nothing_unsafe():
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    assert not [value for values in directives.values() for value in values if "unsafe" in value or value == "*"]


def test_the_tests_leave_the_data_of_an_installation_alone():
    assert not Path(settings.DATA_DIR).is_relative_to(settings.BASE_DIR)


def test_processes_that_start_at_the_same_moment_do_not_stop_each_other(tmp_path):
    """Server, worker and commands look at the same folder. Without `missing_ok` each run of this fails."""
    script = (
        "from concurrent.futures import ThreadPoolExecutor\n"
        "from vithanh_training import settings\n"
        "with ThreadPoolExecutor(8) as pool:\n"
        "    list(pool.map(lambda _n: settings._data_dir(), range(2000)))\n"
    )
    done = run("-c", script, tmp_path=tmp_path)
    assert done.returncode == 0, done.stderr[-300:]


def test_a_key_for_trying_out_is_made_by_a_command_and_refused_where_people_rely_on_the_site(tmp_path):
    path = tmp_path / "khoa.p12"
    made = run("manage.py", "make_signing_key", str(path), tmp_path=tmp_path)
    key = dict(line.split("=", 1) for line in made.stdout.splitlines())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read("SIGNING_P12", tmp_path=tmp_path, **key) == {"SIGNING_P12": str(path)}
    for wrong in ({"SITE_URL": "https://taphuan.example"}, {"SIGNING_PASSWORD": "bimat"}, {"SIGNING_TSA": "pigeon"}):
        done = run("manage.py", "check", tmp_path=tmp_path, **(key | wrong))
        assert done.returncode == 1
        assert len(done.stderr.splitlines()) == 1
        assert "bimat" not in done.stderr
