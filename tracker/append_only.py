"""Tables that the database itself lets nobody change or delete from, on both engines. For migrations.

SQLite makes a table anew for most changes of its columns and loses its triggers on the way: a migration that changes
one of these tables must call `protect` for it again at its end.
"""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SENTENCE = "these rows are only ever added to"


def protect(schema_editor: BaseDatabaseSchemaEditor, *tables: str) -> None:
    """UPDATE, DELETE and, on PostgreSQL, TRUNCATE are refused as a broken integrity rule. Can be called again."""
    unprotect(schema_editor, *tables)
    if schema_editor.connection.vendor != "postgresql":
        for table in tables:
            for verb in ("UPDATE", "DELETE"):
                schema_editor.execute(
                    f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
                )
            # REPLACE deletes without asking the trigger above, unless the connection has turned recursive triggers on
            is_there = f"EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"  # noqa: S608 - a table of ours
            schema_editor.execute(
                f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {is_there} "
                f"BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
            )
        return
    schema_editor.execute(
        "CREATE OR REPLACE FUNCTION tracker_only_added() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{SENTENCE}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    for table in tables:
        for name, verbs, each in (("append_only", "UPDATE OR DELETE", "ROW"), ("no_truncate", "TRUNCATE", "STATEMENT")):
            schema_editor.execute(
                f"CREATE TRIGGER {table}_{name} BEFORE {verbs} ON {table} "
                f"FOR EACH {each} EXECUTE FUNCTION tracker_only_added()"
            )


def unprotect(schema_editor: BaseDatabaseSchemaEditor, *tables: str) -> None:
    is_postgres = schema_editor.connection.vendor == "postgresql"
    for table in tables:
        for name in ("append_only", "no_truncate") if is_postgres else ("no_update", "no_delete", "no_replace"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_{name}" + (f" ON {table}" if is_postgres else ""))
