"""The product with the bare views beside it, for gunicorn."""

from django.conf import settings

settings.ROOT_URLCONF = "tests.benchmarks.urls"
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"

from tracker.wsgi import application  # noqa: E402

__all__ = ["application"]
