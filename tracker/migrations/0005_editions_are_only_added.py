"""The database itself refuses to change or delete an edition or a part of it, whoever asks. Events were protected
already; adding a column has cost them their triggers on SQLite, and they are not truncated either."""

from django.db import migrations

from tracker.append_only import protect, unprotect

TABLES = ("tracker_publication", "tracker_edition", "tracker_editionfile", "tracker_editionstep")


def forward(apps, schema_editor):
    protect(schema_editor, "tracker_event", *TABLES)


def backward(apps, schema_editor):
    unprotect(schema_editor, *TABLES)


class Migration(migrations.Migration):
    dependencies = [("tracker", "0004_rounds_workflow_and_editions")]

    operations = [migrations.RunPython(forward, backward)]
