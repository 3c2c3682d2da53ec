"""Which register is open: a SQLite file (`--register PATH`) or PostgreSQL (`DATABASE_URL`)."""

import os
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import platformdirs

FILE_NAME = "register.sqlite3"


class BadRegister(ValueError):
    """The place named cannot hold a register."""


def default_path() -> Path:
    """The register in the user's data folder."""
    return Path(platformdirs.user_data_dir("groundbreak")) / FILE_NAME


def database_settings(target: str | Path | None) -> dict:
    """Django's settings for a path, a postgres:// URL, or (None) DATABASE_URL, else the default."""
    named = str(target) if target else os.environ.get("DATABASE_URL") or str(default_path())
    if named.startswith(("postgres://", "postgresql://")):
        return _postgres(named)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": named,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
                            "PRAGMA foreign_keys=ON; PRAGMA cache_size=-8192;",
        },
    }


def _postgres(url: str) -> dict:
    parts = urlsplit(url)
    asked = parse_qs(parts.query)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or asked.get("host", [""])[0],  # ?host=/folder is a socket
        "PORT": str(parts.port or ""),
        "CONN_HEALTH_CHECKS": True,
    }


def connect(target: str | Path | None = None) -> None:
    """Open a register, creating and migrating it where needed. Raises BadRegister."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "groundbreak.settings")
    if target:
        os.environ["GROUNDBREAK_REGISTER"] = str(target)
    import django

    django.setup()
    from django.db import connections

    settings = database_settings(target)
    if settings["ENGINE"].endswith("sqlite3"):
        _prepare_file(Path(settings["NAME"]))
    connections["default"].close()
    connections.settings = connections.configure_settings({"default": settings})
    del connections["default"]
    _migrate()


def _prepare_file(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadRegister(f"{path}: cannot make the folder: {error.strerror}") from error
    if path.is_dir():
        raise BadRegister(f"{path}: is a folder; accepted: a file path, new or a register")
    if path.exists() and path.stat().st_size:
        with path.open("rb") as handle:
            if not handle.read(16).startswith(b"SQLite format 3"):
                raise BadRegister(f"{path}: is not a register (not an SQLite file)")


def _migrate() -> None:
    from django.core.management import call_command
    from django.db import DatabaseError, connections
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connections["default"])
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", verbosity=0, interactive=False)
    except DatabaseError as error:
        raise BadRegister(f"{connections['default'].settings_dict['NAME']}: {error}") from error
