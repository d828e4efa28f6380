"""Django settings of a node, from its folder and a few environment variables (docs/operations.md lists them)."""

import os
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from serai.site.environment import read_database, read_hosts, read_number
from serai.site.home import NodeHome
from serai.site.notices.mail_settings import read_mail, read_site_url

HOME = NodeHome.default()
IDENTITY = HOME.read_identity()
PACKAGE = Path(__file__).resolve().parent.parent

SECRET_KEY = HOME.read_secret()
DEBUG = False
SERVES_TLS = os.environ.get("SERAI_TLS", "") == "1"  # set by `serai node run --tls`, for trials
USE_HTTPS = SERVES_TLS or os.environ.get("SERAI_HTTPS", "") == "1"
ALLOWED_HOSTS = read_hosts()

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "serai.site.accounts",  # before allauth, whose templates it replaces
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "serai.kernel",
    "serai.exchange",
    "serai.register",
    "serai.register.followup",
    "serai.corridors",
    "serai.site",
]

MIDDLEWARE = [
    "serai.site.middleware.RequestLog",
    "serai.site.middleware.RealmHeader",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "serai.site.middleware.Limits",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "serai.site.middleware.Compression",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "serai.site.accounts.middleware.SessionLimits",
    "serai.site.accounts.middleware.SecondStepDuty",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "serai.site.middleware.Faults",
]

ROOT_URLCONF = "serai.site.urls"
WSGI_APPLICATION = "serai.site.wsgi.application"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "serai.site.context.frame",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "serai.site.templatetags.serai"],
        },
    }
]


def _database() -> dict[str, Any]:
    if named := read_database():
        return named
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": HOME.database,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            # A writer takes its lock when it begins, so that two writers wait for each other instead of failing.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            # With recursive triggers a REPLACE asks the triggers that guard the audit trail, too.
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA recursive_triggers=ON;"
            ),
        },
        "TEST": {"NAME": os.environ.get("SERAI_TEST_DATABASE") or None},
    }


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("ru", _("Russian")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("SERAI_STATIC") or HOME.folder / "static")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "serai.site.static_files.Storage"},
}
WHITENOISE_MAX_AGE = 3600

# The whole policy: everything from this node, nothing inline, nothing framed.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "script-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = USE_HTTPS
# Not for trials: a browser would from then on refuse whatever else this machine serves under the same name.
SECURE_HSTS_SECONDS = 31536000 if USE_HTTPS and not SERVES_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = bool(SECURE_HSTS_SECONDS)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if read_number("SERAI_PROXIES", 0) else None
X_FRAME_OPTIONS = "DENY"

# What one address may ask for, per web process; see middleware.Limits.
REQUESTS_PER_MINUTE = read_number("SERAI_REQUESTS_PER_MINUTE", 600, least=1)
MOST_BODY_BYTES = 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "serai.site.uploads.NamelessFileHandler",
]
FILE_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024  # of a whole form; a larger one waits on the disk
FILE_UPLOAD_TEMP_DIR = HOME.folder
FILE_UPLOAD_PERMISSIONS = 0o600
TRUSTED_PROXIES = read_number("SERAI_PROXIES", 0)
# How many messages may wait for one peer in one lane before the contexts are told to stop; 2 kB of disk each.
EXCHANGE_MOST_WAITING = read_number("SERAI_EXCHANGE_MOST_WAITING", 2_000_000, least=1000)
# Requests that one other node may make a minute, per web process; each may carry a hundred messages.
EXCHANGE_REQUESTS_PER_MINUTE = read_number("SERAI_EXCHANGE_REQUESTS_PER_MINUTE", 6000, least=60)
OPERATOR_CONTACT = os.environ.get("SERAI_CONTACT", "")

SERAI_URL = read_site_url()
_MAIL = read_mail()
EMAIL_BACKEND, EMAIL_HOST, EMAIL_PORT = _MAIL.backend, _MAIL.host, _MAIL.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _MAIL.user, _MAIL.password
EMAIL_USE_TLS, EMAIL_USE_SSL, EMAIL_TIMEOUT = _MAIL.starttls, _MAIL.tls, _MAIL.timeout_s
DEFAULT_FROM_EMAIL = SERVER_EMAIL = _MAIL.sender

AUTH_USER_MODEL = "accounts.Account"
LOGIN_URL = reverse_lazy("account_login")
PASSWORD_HASHERS = ["serai.site.accounts.passwords.Hasher"]
_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    # Length and known passwords, no rules of composition (OWASP ASVS 4.0.3, 2.1).
    {"NAME": f"{_VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
    {  # it compares letters in any order, so less than 0.9 would turn away good sentences
        "NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name"), "max_similarity": 0.9},
    },
]

SESSION_ENGINE = "serai.site.accounts.sessions"
SESSION_IDLE_S = read_number("SERAI_IDLE_MINUTES", 30, least=1) * 60
SESSION_COOKIE_AGE = read_number("SERAI_SESSION_HOURS", 12, least=1) * 3600  # the longest that one sign-in lasts
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# In the session, not in a cookie of their own, which public pages would then be sent, too.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
_PREFIX = "__Host-" if USE_HTTPS else ""  # a browser then takes the cookie from this host alone, over HTTPS alone
# Cookies know no ports: several training nodes on one machine would take each other's.
_JAR = f"{_PREFIX}serai" + (f"-{IDENTITY.code.lower()}" if IDENTITY.realm == "training" else "")
SESSION_COOKIE_NAME = _JAR
CSRF_COOKIE_NAME = f"{_JAR}-form"
DEVICE_COOKIE_NAME = f"{_JAR}-device"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = USE_HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "serai.site.accounts.views_sign_in.form_not_ours"

# Signing in: by e-mail, by accounts that an operator opened, and by nobody else.
ACCOUNT_ADAPTER = "serai.site.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]  # allauth takes from it that there are passwords; there is no sign-up
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # an operator vouches for the address, and changes it
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105  # a name
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_REAUTHENTICATION_REQUIRED = True
# Failures are counted in the store, by all processes together (accounts/throttle.py), and not in a process's cache.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None, "reset_password": None}
ACCOUNT_FORMS = {
    "login": "serai.site.accounts.forms.SignInForm",
    "reauthenticate": "serai.site.accounts.forms.ConfirmForm",
    "change_password": "serai.site.accounts.forms.ChangePasswordForm",
    "set_password": "serai.site.accounts.forms.FirstPasswordForm",
    "reset_password": "serai.site.accounts.forms.AskNewPasswordForm",
    "reset_password_from_key": "serai.site.accounts.forms.NewPasswordForm",
}
PASSWORD_RESET_TIMEOUT = 3600
MFA_ADAPTER = "serai.site.accounts.adapter_second_step.SecondStepAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # see ACCOUNT_EMAIL_VERIFICATION
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1
MFA_TOTP_ISSUER = f"Serai {IDENTITY.code}" + (" training" if IDENTITY.realm == "training" else "")
MFA_FORMS = {
    "authenticate": "serai.site.accounts.forms_second_step.CodeForm",
    "reauthenticate": "serai.site.accounts.forms_second_step.ConfirmCodeForm",
    "activate_totp": "serai.site.accounts.forms_second_step.FirstCodeForm",
    "login_webauthn": "serai.site.accounts.forms_passkeys.SignInKeyForm",
    "authenticate_webauthn": "serai.site.accounts.forms_passkeys.StepKeyForm",
    "reauthenticate_webauthn": "serai.site.accounts.forms_passkeys.ConfirmKeyForm",
    "add_webauthn": "serai.site.accounts.forms_passkeys.AddKeyForm",
    "edit_webauthn": "serai.site.accounts.forms_passkeys.NameKeyForm",
}

LOGGING_CONFIG = None  # site/logs.py sets logging up, once per process
NINJA_PAGINATION_MAX_LIMIT = 200
