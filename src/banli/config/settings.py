"""Django settings of Banli, read from the environment that the banli command prepares.

BANLI_DATA     the data folder. Without it (tests, type checks, makemigrations) secrets live in a folder that
               is thrown away when the process ends, and static files are served from where they lie.
DATABASE_URL   postgres://user:password@host:port/name?host=/socket/folder&option=value
BANLI_PACKS    the folder of packs, when it is not the one of this copy of Banli.
BANLI_ORIGIN   the address people type (https://banli.example.com) when a proxy stands in front.
BANLI_PROXIES  the proxies whose word on the client's address counts: addresses or networks, with commas between.
               This machine's own, when BANLI_ORIGIN is set; nobody's otherwise.
BANLI_METRICS_TOKEN  with it /metrics may be read from elsewhere; without it only from this machine.
BANLI_LOG      lines: every request and job as a line for people. json: the same as JSON. Unset: what needs a look.
BANLI_LOG_FILE the file to log to; the terminal otherwise.
BANLI_SMTP_HOST  the mail server for what leaves the office; without it messages wait. With it BANLI_SMTP_PORT,
               BANLI_SMTP_TLS (starttls, tls or none), BANLI_SMTP_FROM, BANLI_SMTP_USER, BANLI_SMTP_PASSWORD (or a file
               smtp-password beside the other secrets), BANLI_SMTP_CA.
BANLI_WECOM_API  where WeCom (企业微信) is reached, when not on the internet: a company's own, or a proxy's address.
BANLI_SMS_API  where the SMS gateway (阿里云短信) is reached, when not on the internet.
BANLI_HOST     the address `banli serve` listens on; on a loopback address no other host name is answered.
BANLI_REACHED_AT  where other machines reach `banli serve`, as it found out itself; BANLI_ORIGIN goes before it.
"""

import os
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF, WASM_UNSAFE_EVAL
from django.utils.translation import gettext_lazy as _

from banli.config.database import django_database
from banli.config.failures import StartFailure
from banli.config.logs import logging_of
from banli.config.secret_files import Secrets
from banli.messages.sms import API as SMS_API
from banli.messages.smtp import server_in
from banli.messages.wecom import API as WECOM_API
from banli.operation.proxies import networks

ROOT = Path(__file__).resolve().parents[3]
PACKS = Path(os.environ.get("BANLI_PACKS", ROOT / "packs"))
HAS_DATA_FOLDER = "BANLI_DATA" in os.environ
_throw_away = None if HAS_DATA_FOLDER else tempfile.TemporaryDirectory(prefix="banli-")
DATA = Path(os.environ["BANLI_DATA"]) if _throw_away is None else Path(_throw_away.name)

BANLI_SECRETS = DATA / "secrets"
_secrets = Secrets(BANLI_SECRETS)
SECRET_KEY = _secrets.secret_key
VAULT_KEYS: dict[str, bytes] = _secrets.vault_keys  # key id → AES-256 key; new text is sealed with the last
BLIND_INDEX_KEY: bytes = _secrets.blind_index_key
JOURNAL_KEY: bytes = _secrets.journal_key  # seed of the key that seals the journal's days

DEBUG = False
ROOT_URLCONF = "banli.config.urls"
WSGI_APPLICATION = "banli.config.wsgi.application"
AUTH_USER_MODEL = "people.Staff"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_cotton",
    "django_htmx",
    "allauth",
    "allauth.account",
    "procrastinate.contrib.django",
    "banli.people",
    "banli.journal",
    "banli.estate",
    "banli.papers",
    "banli.messages",
    "banli.registers",
    "banli.cashier",
    "banli.cases",
    "banli.gate",
    "banli.routines",
    "banli.followup",
    "banli.figures",
    "banli.desk",
    "banli.portal",
    "banli.api",
    "banli.web",
    "banli.config",
]
MIDDLEWARE = [
    "banli.operation.proxies.Proxies",
    "banli.operation.requests.Requests",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "banli.web.context.shell",
            ],
            "builtins": ["banli.web.templatetags.drawn"],  # in place of cotton's own tag
        },
    }
]

# The frame of every page, wired here as `web` knows no room: see banli.web.context.
COTTON_ISOLATE_BY_DEFAULT = True  # a component sees its own attributes, not the page's variables
BANLI_SHELL = {
    "desk": "banli.people.access.desk_for",
    "estates": "banli.people.access.estates_of",
    "post_title": "banli.people.titles.post_title",
    "home_url": "desk:start",
    "estate_url": "people:estates",
    "sign_in_url": "account_login",
    "sign_out_url": "account_logout",
    "language_url": "people:language",
}
#: Who may look up residents; estate.access.READ_POSTS, which cannot be imported here (a test compares them).
_SUPERVISORS = ("director", "duty_supervisor", "engineering_supervisor", "safety_supervisor")
_AT_THE_COUNTER = (
    "front_desk", "duty_supervisor", "director", "engineering_supervisor", "safety_supervisor", "finance",
    "duty_administrator", "lobby_assistant", "technician",
)  # fmt: skip
BANLI_NAVIGATION: list[dict[str, Any]] = [
    {"url_name": "desk:counter", "icon": "search", "title": _("前台"), "posts": _AT_THE_COUNTER, "key": "g f"},
    {"url_name": "gate:gate", "icon": "shield-check", "title": _("门岗"), "posts": ("gate",), "key": "g g"},
    {
        "url_name": "desk:inbox", "icon": "inbox", "title": _("待办"), "posts": None, "key": "g i",
        "count": "banli.cases.queries.inbox_count",
    },
    {
        "url_name": "desk:notices", "icon": "bell", "title": _("通知"), "posts": None, "key": "g n",
        "count": "banli.desk.notices.count",
    },
    {
        "url_name": "desk:follow_ups", "icon": "phone-call", "title": _("回访"), "key": "g v",
        "posts": ("front_desk", "duty_supervisor", "director"),
    },
    {
        "url_name": "routines:rounds", "icon": "checklist", "title": _("日常"), "posts": None, "key": "g w",
        "aside": _SUPERVISORS, "count": "banli.routines.queries.open_count",
    },
    {
        "url_name": "routines:watches", "aside": True, "icon": "notebook", "title": _("交接班"), "posts": None,
        "key": "g k",
    },
    {"url_name": "desk:cases", "icon": "files", "title": _("办件"), "posts": None, "key": "g c"},
    {"url_name": "desk:registers", "icon": "book-2", "title": _("登记本"), "posts": None, "key": "g r"},
    {
        "url_name": "desk:till", "icon": "cash", "title": _("收银"), "key": "g m", "aside": _SUPERVISORS,
        "posts": ("finance", "front_desk", "director", "duty_supervisor"),
    },
    {
        "url_name": "desk:outgoing", "aside": True, "icon": "mail", "title": _("外发"), "key": "g o",
        "posts": ("front_desk", "duty_supervisor", "director"),
    },
    {
        "url_name": "desk:morning", "icon": "clipboard-text", "title": _("未办"), "key": "g u",
        "posts": _SUPERVISORS,
    },
    {
        "url_name": "figures:figures", "icon": "chart-bar", "title": _("统计"), "key": "g t",
        "posts": _SUPERVISORS,
    },
    {
        "url_name": "desk:places", "aside": True, "icon": "car", "title": _("车位"), "key": "g y",
        "posts": (*_AT_THE_COUNTER, "gate"),
    },
    {"url_name": "desk:prices", "aside": True, "icon": "tag", "title": _("价目"), "posts": None, "key": "g l"},
    {
        "url_name": "estate:intakes", "aside": True, "icon": "file-spreadsheet", "title": _("导入"), "key": "g x",
        "posts": ("duty_supervisor", "director"),
    },
    {"url_name": "desk:procedures", "aside": True, "icon": "route", "title": _("流程"), "posts": None, "key": "g p"},
    {"url_name": "desk:settings", "aside": True, "icon": "settings", "title": _("设置"), "posts": None, "key": "g s"},
    {"url_name": "people:posts", "aside": True, "icon": "users", "title": _("代理与岗位"), "posts": None, "key": "g d"},
]  # fmt: skip

# Language and time: Chinese first, English complete; one time zone, China's.
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]  # each in its own language
LOCALE_PATHS = [ROOT / "src/banli/web/locale"]

# Connections are kept, and looked at before use (banli.config.driver): a database that came back is used again at once.
DATABASES = {"default": django_database(os.environ.get("DATABASE_URL", "postgres:///banli"))}
CACHES = {
    # Rate limits must count over all processes: the cache is a table.
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "banli_cache"},
}
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

# Sign-in.
AUTHENTICATION_BACKENDS = ["banli.people.access.StaffBackend"]  # allauth's, with the posts in one statement
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk:start"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/300s/key",
    "change_password": "5/m/user",
}
SESSION_ENGINE = "banli.people.sessions"
SESSION_COOKIE_AGE = 12 * 60 * 60  # one shift: the next one signs in itself
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"

# What the outside may do.
BANLI_ORIGIN = os.environ.get("BANLI_ORIGIN", "")
#: What the QR codes begin with; empty where no other machine reaches us, then they hold the bare pass.
BANLI_PASS_ORIGIN = BANLI_ORIGIN or os.environ.get("BANLI_REACHED_AT", "")
_origin = urlsplit(BANLI_ORIGIN)
_this_machine = ["localhost", "127.0.0.1", "[::1]"]
_only_here = os.environ.get("BANLI_HOST") in ("localhost", "127.0.0.1", "::1")
_behind_https = _origin.scheme == "https"
ALLOWED_HOSTS = (
    [_origin.hostname, *_this_machine] if _origin.hostname else _this_machine if _only_here else ["*"]
)
CSRF_TRUSTED_ORIGINS = [f"{_origin.scheme}://{_origin.netloc}"] if _origin.hostname else []
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _behind_https else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _behind_https
BANLI_PROXIES = networks(os.environ.get("BANLI_PROXIES", "127.0.0.0/8,::1" if _origin.hostname else ""))
ALLAUTH_TRUSTED_PROXY_COUNT = 0  # REMOTE_ADDR is the client already: banli.operation.proxies
# While the demo's past year is entered: its clocks ran out long ago, and nobody was late.
CLOCKS_STAND = "BANLI_CLOCKS_STAND" in os.environ
BANLI_METRICS_TOKEN = os.environ.get("BANLI_METRICS_TOKEN", "")
try:
    BANLI_SMTP = server_in(os.environ, BANLI_SECRETS)
except ValueError as why:
    raise StartFailure(*(f"{told}." for told in str(why).split(" / "))) from None
BANLI_WECOM_API = os.environ.get("BANLI_WECOM_API", "").rstrip("/") or WECOM_API
BANLI_SMS_API = os.environ.get("BANLI_SMS_API", "").rstrip("/") or SMS_API
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if _behind_https else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, WASM_UNSAFE_EVAL],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF, "blob:"],
        "worker-src": [SELF, "blob:"],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024  # a form with a few phone photos
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# Static files: the rooms' own, collected, hashed and compressed into the data folder by `banli serve`.
STATIC_URL = "/static/"
STATICFILES_DIRS = sorted(ROOT.glob("src/banli/*/static"))
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
STATIC_ROOT = DATA / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},  # files are rows of the database
    "staticfiles": {
        "BACKEND": "banli.config.static.HashedStatic"
        if HAS_DATA_FOLDER
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not HAS_DATA_FOLDER

LOGGING = logging_of(os.environ.get("BANLI_LOG", ""), os.environ.get("BANLI_LOG_FILE", ""))
