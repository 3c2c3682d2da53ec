"""The database itself refuses to change or remove a claim, on SQLite and on PostgreSQL.

Installed after every migration (an `alter_field` on SQLite rebuilds the table and drops them);
`groundbreak doctor` checks that they are there.
"""

from django.db import connection

TABLE = "register_claim"
MESSAGE = "claims are append-only: write a superseding claim instead"
NAMES = ("register_claim_no_update", "register_claim_no_delete")


def install(**_: object) -> None:
    """Put the triggers in place; harmless where they are already there."""
    with connection.cursor() as cursor:
        if TABLE not in connection.introspection.table_names(cursor):
            return
        for statement in _statements():
            cursor.execute(statement)


def _statements() -> list[str]:
    if connection.vendor == "sqlite":
        return [
            f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {event} ON {TABLE} "
            f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
            for name, event in zip(NAMES, ("UPDATE", "DELETE"), strict=True)
        ]
    return [
        "CREATE OR REPLACE FUNCTION register_claim_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{MESSAGE}'; END $$",
        f"DROP TRIGGER IF EXISTS {NAMES[0]} ON {TABLE}",
        f"CREATE TRIGGER {NAMES[0]} BEFORE UPDATE ON {TABLE} "
        "FOR EACH ROW EXECUTE FUNCTION register_claim_refuse()",
        f"DROP TRIGGER IF EXISTS {NAMES[1]} ON {TABLE}",
        f"CREATE TRIGGER {NAMES[1]} BEFORE DELETE OR TRUNCATE ON {TABLE} "
        "FOR EACH STATEMENT EXECUTE FUNCTION register_claim_refuse()",
    ]


def missing() -> list[str]:
    """Names of triggers that should be there and are not."""
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        present = {row[0] for row in cursor.fetchall()}
    return [name for name in NAMES if name not in present]
