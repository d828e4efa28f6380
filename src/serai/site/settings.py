"""Django settings of a node, from its folder and a few environment variables (docs/operations.md lists them)."""

import os
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from serai.site.environment import read_database, read_number
from serai.site.home import NodeHome

HOME = NodeHome.default()
IDENTITY = HOME.read_identity()
PACKAGE = Path(__file__).resolve().parent.parent

SECRET_KEY = HOME.read_secret()
DEBUG = False
USE_HTTPS = os.environ.get("SERAI_HTTPS", "") == "1"
ALLOWED_HOSTS = os.environ.get("SERAI_HOSTS", "localhost,127.0.0.1,[::1]").split(",")

INSTALLED_APPS = [
    "django.contrib.staticfiles",
    "csp",
    "serai.kernel",
    "serai.register",
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
SECURE_HSTS_SECONDS = 31536000 if USE_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = USE_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if read_number("SERAI_PROXIES", 0) else None
X_FRAME_OPTIONS = "DENY"

# What one address may ask for, per web process; see middleware.Limits.
REQUESTS_PER_MINUTE = read_number("SERAI_REQUESTS_PER_MINUTE", 600, least=1)
MOST_BODY_BYTES = 1024 * 1024
TRUSTED_PROXIES = read_number("SERAI_PROXIES", 0)
OPERATOR_CONTACT = os.environ.get("SERAI_CONTACT", "")

LOGGING_CONFIG = None  # site/logs.py sets logging up, once per process
NINJA_PAGINATION_MAX_LIMIT = 200
