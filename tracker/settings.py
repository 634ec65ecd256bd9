"""All settings, read from top to bottom. What varies between installations comes from the environment.

`.env.example` lists every variable with a line of explanation.
"""

from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from tracker import environment

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(environment.text("DATA_DIR", str(BASE_DIR / "data"))).resolve()

# --- Who and where -------------------------------------------------------------------------------------------------
DEBUG = environment.switch("DEBUG", default=False)
SECRET_KEY = environment.secret_key(DATA_DIR)
# With neither a key nor host names of its own this is somebody's machine, with the key that `./start` keeps in the data
# folder: there it answers to localhost over plain HTTP. An installation that is given a key must be told its hosts.
IS_LOCAL = not any(environment.text(name) for name in ("SECRET_KEY", "SECRET_KEY_FILE", "ALLOWED_HOSTS"))
HTTPS = environment.switch("HTTPS", default=not (DEBUG or IS_LOCAL))
TRUSTED_PROXY = environment.switch("TRUSTED_PROXY", default=False)
ALLOWED_HOSTS = environment.names("ALLOWED_HOSTS", "localhost,127.0.0.1" if IS_LOCAL else "")
if not ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS is missing. Name the host names this site answers to.")
if "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS must name the hosts; '*' lets anyone choose the address in our links.")
CSRF_TRUSTED_ORIGINS = environment.names("CSRF_TRUSTED_ORIGINS")
MUNICIPALITY = environment.text("MUNICIPALITY", "Ballerup Kommune")
# Whom to write or call about what cannot be used, and the municipality's own statement, where it has registered one.
ACCESSIBILITY_CONTACT = environment.text("ACCESSIBILITY_CONTACT")
ACCESSIBILITY_STATEMENT = environment.web_address("ACCESSIBILITY_STATEMENT")

# --- What it is made of --------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_tables2",
    "simple_history",
    "axes",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "budget",
    "tracker",
]
if DEBUG:  # upkeep while developing; never routed in production
    INSTALLED_APPS.insert(0, "django.contrib.admin")

MIDDLEWARE = [
    "tracker.middleware.RequestNumberMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "tracker.middleware.PrivateResponseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "tracker.sessions.SessionEndMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "tracker.middleware.SignInRequiredMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "tracker.second_factor.SecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "tracker.middleware.ErrorPagesMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "tracker.urls"
WSGI_APPLICATION = "tracker.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tracker.context.page_frame",
            ],
            "builtins": ["django.templatetags.static", "tracker.templatetags.tracker"],
        },
    }
]

# --- Database ------------------------------------------------------------------------------------------------------
DATABASES = {
    "default": dj_database_url.config(
        default=f"sqlite:///{DATA_DIR / 'budget.sqlite3'}", conn_max_age=60, conn_health_checks=True
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE takes the write lock at BEGIN, so a read-then-write transaction waits instead of failing half-way;
    # synchronous=FULL because what was acknowledged as saved must survive a power cut.
    DATABASES["default"]["CONN_MAX_AGE"] = None
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
        "PRAGMA recursive_triggers=ON;",  # so that REPLACE cannot slip past a trigger that refuses deletion
    }

# Where pg_dump and pg_restore are; empty = they are looked for.
PG_BIN = environment.text("PG_BIN")

# --- Sign-in -------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "tracker.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 15},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "my_page"
LOGOUT_REDIRECT_URL = "sign_in"
SESSION_IDLE_SECONDS = 30 * 60
SESSION_COOKIE_AGE = SESSION_LONGEST_SECONDS = 10 * 60 * 60  # a working day
CSRF_FAILURE_VIEW = "tracker.views.errors.csrf_failure"
# Ten wrong passwords for one account from one address close that pair for a quarter of an hour. Keying on the pair
# means that a stranger cannot lock the true user out from another address.
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "tracker.middleware.client_address"
AXES_LOCKOUT_CALLABLE = "tracker.views.errors.too_many_attempts"
AXES_VERBOSE = False
# The second factor: codes from an app on the telephone, and recovery codes (django-allauth, with views of our own).
SECOND_FACTOR = environment.switch("SECOND_FACTOR", default=False)
MFA_ADAPTER = "tracker.sign_in.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "tracker.forms.second_factor.CodeForm",
    "reauthenticate": "tracker.forms.second_factor.ConfirmByCodeForm",
    "activate_totp": "tracker.forms.second_factor.SetUpForm",
}
MFA_TOTP_ISSUER = f"Budgetaftaler {MUNICIPALITY}"
MFA_TOTP_TOLERANCE = 1  # a telephone's clock may be half a minute off
ACCOUNT_ADAPTER = "tracker.sign_in.AccountAdapter"
ACCOUNT_FORMS = {"reauthenticate": "tracker.forms.second_factor.ConfirmByPasswordForm"}
ACCOUNT_EMAIL_VERIFICATION = "none"  # an administrator makes the accounts
ACCOUNT_RATE_LIMITS = {"login_failed": "5/15m/key", "reauthenticate": "10/15m/user"}
# Every process must know of the codes that are used and of those that were wrong.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "tracker_cache"}}
# Sign-in through the municipality's own service, off until it is configured (the optional extra `sso`).
SSO = environment.sign_in_service()
PASSWORD_SIGN_IN = environment.switch("PASSWORD_SIGN_IN", default=True)
if not (PASSWORD_SIGN_IN or SSO):
    raise ImproperlyConfigured("PASSWORD_SIGN_IN=off leaves no way in: configure SSO_* first.")
if SSO:
    INSTALLED_APPS += ["allauth.socialaccount", "allauth.socialaccount.providers.openid_connect"]
    SOCIALACCOUNT_ADAPTER = "tracker.sso.SsoAdapter"
    SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "APPS": [
                {
                    "provider_id": "sso",
                    "name": SSO.name,
                    "client_id": SSO.client_id,
                    "secret": SSO.client_secret,
                    "settings": {
                        "server_url": SSO.server_url,
                        "scope": SSO.scopes,
                        "oauth_pkce_enabled": True,
                        "uid_field": "uid",  # see tracker.sso
                    },
                }
            ]
        }
    }

# --- Transport, cookies, headers -----------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^sundhed/$"]  # a load balancer asks over plain HTTP
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
if HTTPS:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    SECURE_HSTS_SECONDS = environment.number("HSTS_SECONDS", default=31_536_000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
if TRUSTED_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000  # our largest form is one text of 20,000 characters
FILE_UPLOAD_HANDLERS = ["tracker.upload_handlers.BoundedUploadHandler"]

# --- Files ---------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static", ("dkfds", BASE_DIR / "node_modules" / "dkfds" / "dist")]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if not DEBUG
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# --- Mail ----------------------------------------------------------------------------------------------------------
# Without a mail server every mail becomes a file in the outbox folder.
OUTBOX_DIR = DATA_DIR / "outbox"
EMAIL_HOST = environment.text("EMAIL_HOST")
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend" if EMAIL_HOST else "tracker.outbox.EmailBackend"
EMAIL_USE_TLS = environment.switch("EMAIL_USE_TLS", default=True)
EMAIL_PORT = environment.number("EMAIL_PORT", default=587 if EMAIL_USE_TLS else 25, lowest=1)
EMAIL_HOST_USER = environment.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = environment.secret("EMAIL_HOST_PASSWORD")
EMAIL_TIMEOUT = 10  # seconds; less than what others wait for the database's lock
SITE_URL = environment.site_url(hosts=ALLOWED_HOSTS, https=HTTPS)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = environment.sender(ALLOWED_HOSTS, is_needed=bool(EMAIL_HOST))

# --- Language and time ---------------------------------------------------------------------------------------------
LANGUAGE_CODE = "da"
TIME_ZONE = "Europe/Copenhagen"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = False  # it would print the year 2.025; amounts go through the kroner filter
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"
DJANGO_TABLES2_TEMPLATE = "components/table.html"

# --- Log: one JSON object per line on standard error ---------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "tracker.logs.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": environment.text("LOG_LEVEL", "INFO")},
    "loggers": {
        "django": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "django.server": {"handlers": ["console"], "level": "INFO", "propagate": False},
    },
}
if LOGGING["root"]["level"] not in {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}:
    raise ImproperlyConfigured("LOG_LEVEL must be DEBUG, INFO, WARNING, ERROR or CRITICAL.")
