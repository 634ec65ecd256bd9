from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.core.management import call_command
from django.db.models.signals import post_migrate


class TrackerConfig(AppConfig):
    name = "tracker"
    verbose_name = "Opfølgning"

    def ready(self):
        from tracker import checks, sessions  # noqa: F401 - registers the checks

        user_logged_in.connect(sessions.stamp_sign_in)
        post_migrate.connect(make_cache_table, sender=self)


def make_cache_table(using: str, **kwargs) -> None:
    """The table of the cache belongs to no model, so no migration makes it. Where it is there, nothing happens."""
    call_command("createcachetable", database=using, verbosity=0)
