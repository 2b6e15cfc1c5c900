"""One settings file, filled from the environment, safe by default, loud on a bad value.

Every variable is described in `docs/settings.md`. Nothing here reads a secret from the repository.
"""

from pathlib import Path
from urllib.parse import unquote

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# --- Where things live -------------------------------------------------------------------------
DATA_DIR = Path(env.str("KOPERASI_DATA", default=str(BASE_DIR / ".data"))).resolve()
FIXTURES_DIR = BASE_DIR / "fixtures"
MEDIA_ROOT = DATA_DIR / "media"  # private: only a `File` row, through the door, leads here
KEYS_FILE = Path(env.str("KEYS_FILE", default=str(DATA_DIR / "keys.json")))

# --- Who we are --------------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)  # synthetic people, printed logins; refused on a public host
PUBLIC_URL = env.str("PUBLIC_URL", default="http://localhost:8000").rstrip("/")  # what QR codes hold
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY:
    secret_file = DATA_DIR / "secret_key"
    if not secret_file.exists():
        raise ImproperlyConfigured(
            f"SECRET_KEY is not set and {secret_file} does not exist. `./run` makes one; on a server set SECRET_KEY."
        )
    SECRET_KEY = secret_file.read_text().strip()
if len(SECRET_KEY) < 40:
    raise ImproperlyConfigured("SECRET_KEY is shorter than 40 characters; make a longer one.")
_local = all(host in {"localhost", "127.0.0.1", "[::1]", "testserver"} for host in ALLOWED_HOSTS)
if DEMO and not _local and not env.bool("DEMO_ON_PUBLIC_HOST", default=False):
    raise ImproperlyConfigured("DEMO=1 prints passwords and a fixed TOTP seed; it is refused on a public host.")

# --- The house ---------------------------------------------------------------------------------
INSTALLED_APPS = [
    "koperasi",
    "finance",
    "members",
    "registry",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "django_filters",
    "import_export",
    "procrastinate.contrib.django",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "registry.access.DoorMiddleware",  # innermost: opens the transaction, binds the wall, checks the door
]
ROOT_URLCONF = "koperasi.urls"
WSGI_APPLICATION = "koperasi.wsgi.application"
DOORS_OF_OTHERS = "koperasi.doors.DOORS"  # views of libraries, declared by the roof
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
                "registry.access.place_context",
                "koperasi.navigation.navigation",
            ],
            "builtins": [
                "django.templatetags.static",
                *(f"registry.templatetags.{part}" for part in ("values", "drawn", "look", "money")),
            ],
        },
    }
]

# --- Databases: the owner migrates, the app walks ----------------------------------------------
# DATABASE_URL logs in as the app role, DATABASE_OWNER_URL as the owner (see docs/database.md).
ROLE_PREFIX = env.str("DATABASE_ROLE_PREFIX", default="koperasi")
_app = env.db_url("DATABASE_URL", default="")
_owner = env.db_url("DATABASE_OWNER_URL", default="")
if not _app:
    raise ImproperlyConfigured("DATABASE_URL is not set. `./run` sets it for its own PostgreSQL.")
_options = {
    "prepare_threshold": 5,
    "server_side_binding": True,
}  # binding on the server keeps NIKs out of its log


def _database(url: dict, **extra) -> dict:
    return {
        **url,
        "HOST": unquote(url.get("HOST", "")),  # a socket folder comes percent-encoded
        "CONN_MAX_AGE": None,  # opening a connection per request costs 3.8 x
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**_options, **url.get("OPTIONS", {})},
        **extra,
    }


DATABASES = {"default": _database(_app), "cache": _database(_app, TEST={"MIRROR": "default"})}
if _owner:
    DATABASES["owner"] = _database(_owner, CONN_MAX_AGE=0, TEST={"MIRROR": "default"})
DATABASE_ROUTERS = ["registry.tenancy.OneSchema"]
# Rate limits and used TOTP codes must survive the rollback of the request that wrote them,
# so the cache commits on a connection of its own.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "koperasi_cache",
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    }
}

# --- People ------------------------------------------------------------------------------------
AUTH_USER_MODEL = "registry.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name", "email")},
    },
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "koperasi.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "20/m/ip,5/15m/key", "change_password": "5/m/user"}
ACCOUNT_FORMS = {
    "login": "koperasi.accounts.LoginForm",
    "change_password": "koperasi.accounts.ChangePasswordForm",
    "reauthenticate": "koperasi.accounts.ReauthenticateForm",
}
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
JOIN_ANSWER_DAYS = env.int("JOIN_ANSWER_DAYS", default=14)  # officers answer who asks to become a member
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
MFA_ADAPTER = "koperasi.accounts.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "koperasi.accounts.AuthenticateForm",
    "reauthenticate": "koperasi.accounts.MFAReauthenticateForm",
    "activate_totp": "koperasi.accounts.ActivateTOTPForm",
}
MFA_TOTP_ISSUER = "Koperasi Serang"
USERSESSIONS_TRACK_ACTIVITY = False
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "koperasi.errors.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"

# --- Over the wire -----------------------------------------------------------------------------
_https = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SECURE_SSL_REDIRECT = _https and env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _https
if env.bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [NONE],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
# A month sheet sends a field for every tick and one more for every other amount: of 10,000 members half of them changed.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 15_000

# --- Words, dates, numbers ---------------------------------------------------------------------
LANGUAGE_CODE = "id"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Jakarta"
USE_THOUSAND_SEPARATOR = False  # it would corrupt ids and SVG numbers; registry/formats.py writes rupiah
FORMAT_MODULE_PATH = ["koperasi.locale_formats"]

# --- Files, mail, logs -------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = DEBUG
EMAIL_URL = env.str("EMAIL_URL", default="")
if EMAIL_URL:
    vars().update(env.email_url("EMAIL_URL"))
else:
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"  # nothing needs e-mail
IMPORT_EXPORT_USE_TRANSACTIONS = True
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "procrastinate": {"level": "WARNING"},
        "weasyprint": {"level": "ERROR"},
        "fontTools": {"level": "ERROR"},
    },
}
SILENCED_SYSTEM_CHECKS: list[str] = []
