"""Django settings: one SQLite file by default, PostgreSQL through DATABASE_URL, nothing else.

The command chooses the register (`--register PATH`) before Django starts; see
:mod:`groundbreak.register.connection`.
"""

import os
from pathlib import Path

from csp.constants import NONE, SELF

from groundbreak.register.connection import database_settings

HERE = Path(__file__).parent

SECRET_KEY = os.environ.get("GROUNDBREAK_SECRET_KEY", "")  # pages need one; the command does not
DEBUG = False
ALLOWED_HOSTS = os.environ.get("GROUNDBREAK_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
# Reverse proxies before the site: with one or more it is reached over TLS (groundbreak serve).
PROXIES = int(os.environ.get("GROUNDBREAK_PROXIES") or 0)
USE_TZ = True
TIME_ZONE = "UTC"
INSTALLED_APPS = [
    "django.contrib.staticfiles",
    "csp",
    "django_htmx",
    "groundbreak.register",
    "groundbreak.site",
]
MIDDLEWARE = [
    "groundbreak.site.health.Health",
    "groundbreak.site.health.HeadWithoutBody",
    "django.middleware.security.SecurityMiddleware",
    "groundbreak.site.compressing.Compressing",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "groundbreak.site.middleware.Language",
    "django.middleware.common.CommonMiddleware",
    "groundbreak.api.door.Door",
    "groundbreak.site.limiting.Limits",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "groundbreak.site.middleware.Register",
]
CSRF_FAILURE_VIEW = "groundbreak.site.failing.refused"
ROOT_URLCONF = "groundbreak.urls"
WSGI_APPLICATION = "groundbreak.site.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": database_settings(os.environ.get("GROUNDBREAK_REGISTER"))}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache",
                      "LOCATION": "groundbreak_cache",
                      "OPTIONS": {"MAX_ENTRIES": 50_000}}}
API_PER_MINUTE = int(os.environ.get("GROUNDBREAK_API_PER_MINUTE") or 300)
FORMS_PER_HOUR = 60

TEMPLATES = [{
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "DIRS": [HERE / "site" / "templates"],
    "OPTIONS": {
        "context_processors": ["django.template.context_processors.request"],
        "builtins": ["django.templatetags.i18n", "django.templatetags.static",
                     "groundbreak.site.templatetags.words"],
        "loaders": [("django.template.loaders.cached.Loader",
                     ["django.template.loaders.filesystem.Loader"])],
    },
}]
STATIC_URL = "/static/"
STATIC_ROOT = HERE / "site" / "static"
STATICFILES_DIRS: list[Path] = []
WHITENOISE_USE_FINDERS = False

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fr", "Français"), ("ar", "العربية")]
LOCALE_PATHS = [HERE / "locale"]

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
if PROXIES:  # they speak TLS and say so in X-Forwarded-Proto
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 31_536_000
    CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 131_072  # bytes of a form; no page takes files
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
WHITENOISE_MAX_AGE = 86_400  # seconds; addresses carry the content's hash
LOGGING = {  # errors of the site on standard error; what was asked wrongly is not written down
    "version": 1, "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": True},
        "django.request": {"level": "ERROR"}, "django.security": {"level": "CRITICAL"},
    },
}
CONTENT_SECURITY_POLICY = {"DIRECTIVES": {
    "default-src": [NONE],
    "script-src": [SELF],
    "style-src": [SELF],
    "img-src": [SELF, "data:", "blob:"],
    "font-src": [SELF],
    "connect-src": [SELF],
    "worker-src": [SELF, "blob:"],
    "manifest-src": [SELF],
    "form-action": [SELF],
    "base-uri": [NONE],
    "frame-ancestors": [NONE],
}}
