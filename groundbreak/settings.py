"""Django settings: one SQLite file by default, PostgreSQL through DATABASE_URL, nothing else.

The command chooses the register (`--register PATH`) before Django starts; see
:mod:`groundbreak.register.connection`.
"""

import os

from groundbreak.register.connection import database_settings

SECRET_KEY = os.environ.get("GROUNDBREAK_SECRET_KEY", "")  # pages need one; the command does not
DEBUG = False
USE_TZ = True
TIME_ZONE = "UTC"
INSTALLED_APPS = ["groundbreak.register"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": database_settings(os.environ.get("GROUNDBREAK_REGISTER"))}
