"""The product's own settings with an environment of their own: nothing of the developer's machine leaks into a test.

Only `DATABASE_URL` and `TEST_*` pass through, so the same suite runs on SQLite (in memory) and on PostgreSQL.
"""

import atexit
import os
import secrets
import shutil
import tempfile
from pathlib import Path

for _name in (
    "SECRET_KEY", "SECRET_KEY_FILE", "DEBUG", "HTTPS", "HSTS_SECONDS", "TRUSTED_PROXY", "ALLOWED_HOSTS",
    "CSRF_TRUSTED_ORIGINS",
    "ACCESSIBILITY_CONTACT", "ACCESSIBILITY_STATEMENT", "MUNICIPALITY", "LOG_LEVEL", "SECOND_FACTOR",
    "PASSWORD_SIGN_IN", "SSO_SERVER_URL",
    "SSO_CLIENT_ID", "SSO_CLIENT_SECRET", "SSO_CLIENT_SECRET_FILE", "SSO_NAME", "SSO_USERNAME_CLAIM", "SSO_SCOPES",
    "EMAIL_HOST", "EMAIL_FROM", "EMAIL_USE_TLS", "EMAIL_PORT", "EMAIL_HOST_USER",
    "EMAIL_HOST_PASSWORD", "EMAIL_HOST_PASSWORD_FILE", "SITE_URL",
):  # fmt: skip
    os.environ.pop(_name, None)
_data_dir = Path(tempfile.mkdtemp(prefix="budget-tests-"))
atexit.register(shutil.rmtree, _data_dir, ignore_errors=True)
(_data_dir / "secret_key").write_text(secrets.token_urlsafe(60), encoding="utf-8")
(_data_dir / "static").mkdir()  # WhiteNoise wants a folder to look in
os.environ["DATA_DIR"] = str(_data_dir)
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's synchronous interface runs inside an event loop

from tracker.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # The manifest storage answers 404 for everything that was not collected, and a page without its style still passes.
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
