"""Every setting, read from the environment. A value that cannot be right stops the start with one sentence.

Nothing secret has a default: the keys are made on the first run in DATA_DIR, and SECRET_KEY comes from there
unless the environment gives one. DEBUG cannot be switched on from outside.
"""

import gettext
import ipaddress
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from courses.constants.keys import Keys, KeysUnreadable, load_keys
from courses.constants.signing_key import SigningKeyUnusable, load_signing_key

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# Django's own gettext needs finished settings, and these sentences are said while they are being read.
_ = gettext.translation("django", localedir=BASE_DIR / "locale", languages=["vi"], fallback=True).gettext


def _switch(name: str) -> bool:
    value = env.str(name, default="").strip().lower()
    if value not in ("", "0", "1", "true", "false", "yes", "no"):
        raise ImproperlyConfigured(_("%(name)s must be 1 or 0, not “%(value)s”.") % {"name": name, "value": value})
    return value in ("1", "true", "yes")


def _is_local(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _data_dir() -> Path:
    folder = Path(env.str("DATA_DIR", default="") or BASE_DIR / "var").resolve()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / ".writable").touch()
        # Server, worker and commands start at the same moment: another may have taken it away already.
        (folder / ".writable").unlink(missing_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(
            _("DATA_DIR: the folder %(folder)s cannot be written to (%(reason)s).")
            % {"folder": folder, "reason": error.strerror}
        ) from None
    return folder


def _port() -> int:
    value = env.str("PORT", default="8000")
    if not (value.isascii() and value.isdigit() and 0 < int(value) < 65536):
        raise ImproperlyConfigured(_("PORT must be a number from 1 to 65535, not “%s”.") % value)
    return int(value)


def _site_url() -> str:
    value = env.str("SITE_URL", default="").rstrip("/") or f"http://127.0.0.1:{PORT}"
    try:
        url = urlsplit(value)
        whole = url.scheme in ("http", "https") and url.hostname and not (url.path or url.query or url.fragment)
        whole = whole and not url.username and (url.port is None or url.port > 0)
    except ValueError:
        whole = False
    if not whole:
        raise ImproperlyConfigured(
            _("SITE_URL must be the address of the site, such as https://taphuan.example.vn, not “%s”.") % value
        )
    if url.scheme == "http" and not _is_local(url.hostname) and not ALLOW_HTTP:
        raise ImproperlyConfigured(
            _(
                "SITE_URL is %s: without https, passwords and names can be read on the way, and phones refuse the "
                "camera. Use https, or set ALLOW_HTTP=1 for a trial inside the office’s own network."
            )
            % value
        )
    return value


def _allowed_hosts() -> list[str]:
    hosts = [host.strip() for host in env.list("ALLOWED_HOSTS", default=[]) if host.strip()]
    wrong = [host for host in hosts if "*" in host or "/" in host or any(letter.isspace() for letter in host)]
    if wrong:
        raise ImproperlyConfigured(
            _("ALLOWED_HOSTS must list names of hosts, with commas between them; “%s” is none.") % wrong[0]
        )
    return [*(hosts or [urlsplit(SITE_URL).hostname]), "localhost", "127.0.0.1", "[::1]"]


def _trusted_proxies() -> list[str]:
    proxies = [proxy.strip() for proxy in env.list("TRUSTED_PROXIES", default=[]) if proxy.strip()]
    for proxy in proxies:
        try:
            ipaddress.ip_network(proxy)
        except ValueError:
            raise ImproperlyConfigured(
                _("TRUSTED_PROXIES must list IP addresses or networks, with commas between them; “%s” is none.") % proxy
            ) from None
    return proxies


def _tls_files() -> tuple[str, str]:
    certificate, key = env.str("TLS_CERT", default=""), env.str("TLS_KEY", default="")
    if bool(certificate) != bool(key):
        raise ImproperlyConfigured(_("TLS_CERT and TLS_KEY belong together: set both or none."))
    for name, value in (("TLS_CERT", certificate), ("TLS_KEY", key)):
        if value and not Path(value).is_file():
            raise ImproperlyConfigured(_("%(name)s: there is no file “%(value)s”.") % {"name": name, "value": value})
    return certificate, key


def _database() -> dict:
    value = env.str("DATABASE_URL", default="") or "sqlite:///" + (DATA_DIR / "training.sqlite3").as_posix()
    kind = value.split(":", 1)[0]
    try:
        # Of an unknown kind django-environ prints the whole value, password and all.
        database = environ.Env.db_url_config(value) if kind in ("postgres", "postgresql", "sqlite") else {}
    except (ImproperlyConfigured, ValueError):
        database = {}
    if kind in ("postgres", "postgresql") and database.get("NAME"):
        return {**database, "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    if kind == "sqlite" and database.get("NAME") and Path(database["NAME"]).parent.is_dir():
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": database["NAME"],
            "OPTIONS": {
                # DEFERRED loses writes at once under two writers: the timeout does not hold for a lock upgrade.
                "transaction_mode": "IMMEDIATE",
                # Waiting writers are not served in turn: under eight at once one may wait for longer than five seconds.
                "timeout": 20,
                # FULL keeps a saved mark through a power cut; without recursive_triggers INSERT OR REPLACE walks
                # past a guard against deletion.
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA recursive_triggers=ON;",
            },
        }
    raise ImproperlyConfigured(
        # The value is not repeated: it may hold a password.
        _("DATABASE_URL must read postgres://user:password@host:5432/name, or sqlite:///path in an existing folder.")
    )


def _keys() -> Keys:
    try:
        return load_keys(DATA_DIR)
    except KeysUnreadable as error:
        raise ImproperlyConfigured(str(error)) from None


def _secret_key() -> str:
    value = env.str("SECRET_KEY", default="")
    if value and (len(value) < 50 or len(set(value)) < 5):
        raise ImproperlyConfigured(
            _("SECRET_KEY must be at least 50 random characters. Leave it out, and one is made and kept in DATA_DIR.")
        )
    return value or KEYS.secret_key


def _email() -> dict:
    value = env.str("EMAIL_URL", default="")
    if not value:
        return {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
    try:
        email = environ.Env.email_url_config(value)
    except (ImproperlyConfigured, ValueError):
        email = {}
    if not email or (value.startswith("smtp") and not email["EMAIL_HOST"]):
        raise ImproperlyConfigured(_("EMAIL_URL must read smtp+tls://user:password@host:587."))
    return email


def _signing() -> tuple[str, str, str]:
    """The software's own key, if it has one: file, password, address for time stamps."""
    file, stamps = env.str("SIGNING_P12", default=""), env.str("SIGNING_TSA", default="")
    password = env.str("SIGNING_PASSWORD", default="")
    if not file:
        if password or stamps:
            raise ImproperlyConfigured(_("SIGNING_PASSWORD and SIGNING_TSA are for SIGNING_P12: set that one too."))
        return "", "", ""
    try:
        key = load_signing_key(Path(file), password)
    except SigningKeyUnusable as error:
        sentences = {
            "unreadable": _("SIGNING_P12: there is no file “%s” that can be read."),
            "password": _("SIGNING_P12: “%s” is no PKCS#12 file, or SIGNING_PASSWORD is not its password."),
            "kind": _("SIGNING_P12: “%s” must hold a P-256 key, or RSA of at least 2048 bits, with its certificate."),
        }  # fmt: skip
        raise ImproperlyConfigured(sentences[error.code] % file) from None
    if key.is_for_development and HTTPS:
        raise ImproperlyConfigured(
            _("SIGNING_P12: “%s” is a key for trying out, and people rely on this site. Use a key of the office.")
            % file
        )
    url = urlsplit(stamps)
    if stamps and not (url.scheme in ("http", "https") and url.hostname and not url.username):
        raise ImproperlyConfigured(
            _("SIGNING_TSA must be the address of a time-stamp service, such as http://tsa.example.vn, not “%s”.")
            % stamps
        )
    return str(Path(file).resolve()), password, stamps


ALLOW_HTTP = _switch("ALLOW_HTTP")
DEMO = _switch("DEMO")
PORT = _port()
SITE_URL = _site_url()
HTTPS = SITE_URL.startswith("https:")
ON_TRIAL_WITHOUT_HTTPS = not HTTPS and not _is_local(urlsplit(SITE_URL).hostname)
ALLOWED_HOSTS = _allowed_hosts()
TRUSTED_PROXIES = _trusted_proxies()
TLS_CERT, TLS_KEY = _tls_files()
SIGNING_P12, SIGNING_PASSWORD, SIGNING_TSA = _signing()
DATA_DIR = _data_dir()
DATABASES = {"default": _database()}
KEYS = _keys()
SECRET_KEY = _secret_key()
CLOCK_FILE = env.str("CLOCK_FILE", default="")
EMAIL_USED = bool(env.str("EMAIL_URL", default=""))
vars().update(_email())
DEFAULT_FROM_EMAIL = SERVER_EMAIL = f"taphuan@{urlsplit(SITE_URL).hostname}"
DEBUG = False

INSTALLED_APPS = [
    "courses.apps.CoursesConfig",
    "attendance.apps.AttendanceConfig",
    "vithanh_training.apps.TrainingAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_tasks",
    "django_tasks_db",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "courses.middleware.PrivacyHeaders",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "courses.middleware.ChosenLanguage",
    "courses.middleware.RefusedLength",
    "django.middleware.common.CommonMiddleware",
    "courses.middleware.RefusedBytes",
    "courses.middleware.RefusedMethod",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "courses.middleware.SessionLimits",
    "courses.middleware.ActorOfUser",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "courses.middleware.SecondFactor",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "vithanh_training.urls"
WSGI_APPLICATION = "vithanh_training.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "courses.context_processors.installation",
            ],
        },
    },
]
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"

# Who signs in
AUTH_USER_MODEL = "courses.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/admin/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
# allauth's own limits refuse the right password too after a few wrong ones, and count a whole hall behind one
# address as one person; ours count failed tries only.
ACCOUNT_RATE_LIMITS = False
ACCOUNT_ADAPTER = "courses.services.sign_in.AccountAdapter"
ACCOUNT_FORMS = {"change_password": "courses.forms.sign_in.CountedChangePasswordForm"}
MFA_FORMS = {
    "authenticate": "courses.forms.sign_in.CountedAuthenticateForm",
    "reauthenticate": "courses.forms.sign_in.CountedReauthenticateForm",
}
# Organisers, certificate officers and superusers; in a demo only those of them who have enrolled.
SECOND_FACTOR_REQUIRED = not DEMO
MFA_TOTP_TOLERANCE = 1  # the clock of a cheap telephone is half a minute off
MFA_ADAPTER = "courses.services.sign_in.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Tap huan Vi Thanh"

# How long a person stays signed in: eight idle hours, seven days in all
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_LONGEST_AGE = 7 * 24 * 60 * 60
SESSION_COOKIE_NAME = "training_session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"

# https
CSRF_TRUSTED_ORIGINS = [SITE_URL] if HTTPS else []
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
# "same-origin" and not "no-referrer": Django asks for a Referer on https when the browser sends no Origin.
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    },
}
# A sheet of three hundred people posts what it showed and what was changed.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# Language, dates, place
LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
# The first folder wins over the second, and both over the catalogues of Django and allauth. makemessages writes to
# the first alone: what those two lack or say badly stands in the second.
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "overrides"]
FORMAT_MODULE_PATH = ["courses.formats"]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True

# Files: bytes that belong to people are rows of the database, so there is no MEDIA_ROOT.
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "vithanh_training.static_files.JoinedStyles",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "vithanh_training.static_files.NamedByContent"},
}
# Every address of a file carries its content's name. Files under their bare names are not kept: compressing them too
# took as long again at the first start.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Shared by all processes and machines: a limit is one only if it is counted once.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        # With Django's 300 a few hundred made-up accounts would push the counted failures out.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# Long work is a row of the database, so it survives a restart; `manage.py work` does it.
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "masked": {
            "()": "courses.constants.masking.MaskingFormatter",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        },
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "masked"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {"django": {"handlers": [], "level": "INFO", "propagate": True}},
}
