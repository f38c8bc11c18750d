"""What every environment shares. Everything that differs by place comes from `environment`."""

from email.utils import parseaddr
from pathlib import Path

from csp.constants import NONCE, SELF
from redis.backoff import NoBackoff
from redis.retry import Retry

from see1.logging_config import STYLES, logging_config
from see1.settings import broker, packages
from see1.settings import environment as env
from see1.settings.accounts import *  # noqa: F403 - one subject, in a file of its own
from see1.settings.staff_pages import UNFOLD as UNFOLD

BASE_DIR = Path(__file__).resolve().parents[2]

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "modules",
    "bookings",
    "see1.apps.See1Config",
]

MIDDLEWARE = [
    "see1.middleware.request_ids.RequestIdMiddleware",
    "see1.auditing.AuditMiddleware",
    "see1.middleware.outages.OutageMiddleware",
    "see1.middleware.collisions.CollisionMiddleware",
    "see1.middleware.lookups.LookUpMiddleware",
    "see1.middleware.body_limit.BodyLimitMiddleware",
    "see1.problems.middleware.ProblemMiddleware",  # outermost: whatever fails further in leaves the API as a problem
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "see1.middleware.languages.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "see1.content_policy.ContentPolicy",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "see1.middleware.log_ins.LogInLimitMiddleware",
    "bookings.web.own_writes.OwnWrites",
    "bookings.web.errors.ErrorPages",
]

ROOT_URLCONF = "see1.urls"
WSGI_APPLICATION = "see1.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "bookings.web.context.page",
            ],
            "builtins": ["django.templatetags.i18n", "bookings.web.tags"],
        },
    },
]

DATABASES = env.databases(replica=env.text("REPLICA_DATABASE_URL"), pooled=env.flag("DATABASE_POOLED"))
APPLICATION_DATABASE_URL = env.text("APPLICATION_DATABASE_URL")
ONE_DATABASE_ROLE = env.flag("ONE_DATABASE_ROLE")
REPLICA_MAX_LAG_S = env.integer("REPLICA_MAX_LAG_S")
DATABASE_ROUTERS = ["modules.lagging.ReplicaRouter"] if "replica" in DATABASES else []
REDIS_URL = env.redis_url()
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "see1",
        # What is cached can be done without, so nobody waits for a Redis that is not there.
        "OPTIONS": {"socket_connect_timeout": 0.25, "socket_timeout": 0.25, "retry": Retry(NoBackoff(), 0)},
    }
}

AUTHENTICATION_BACKENDS = [
    "see1.log_in_limits.LimitedLogIns",  # first: whoever tried too often is not even compared
    "bookings.accounts.Backend",
]
LOG_IN_TRIES_PER_ACCOUNT = env.integer("LOG_IN_TRIES_PER_ACCOUNT")
LOG_IN_TRIES_PER_ADDRESS = env.integer("LOG_IN_TRIES_PER_ADDRESS")
TRUSTED_PROXIES = env.integer("TRUSTED_PROXIES")

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
AUTH_USER_MODEL = "bookings.User"
SESSION_ENGINE = "see1.sessions"
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/accounts/login/"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fr", "Français"), ("it", "Italiano")]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static", *packages.static_folders()]
BROWSER_IMPORTS = packages.BROWSER_IMPORTS if packages.are_installed() else {}

DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024  # CONTRACT: a body over 1 MiB is answered 413.
DATA_UPLOAD_MAX_NUMBER_FILES = 10
MAX_UPLOAD_BYTES = env.integer("MAX_UPLOAD_MIB") * 1024 * 1024  # files that staff load in the admin

EMAIL_BACKEND = env.text("EMAIL_BACKEND")
EMAIL_HOST = env.text("EMAIL_HOST")
EMAIL_PORT = env.integer("EMAIL_PORT")
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS")
EMAIL_TIMEOUT = env.integer("EMAIL_TIMEOUT")
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL")
MAIL_DOMAIN = env.text("MAIL_DOMAIN") or parseaddr(DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]  # of Message-IDs
PUBLIC_URL = env.text("PUBLIC_URL").rstrip("/")

DUE_EVERY_S = env.integer("DUE_EVERY_S")
ELEMENTS_URL = env.text("ELEMENTS_URL")
ELEMENTS_MODULE = env.text("ELEMENTS_MODULE")

CELERY_BROKER_URL = broker.checked_url(env.text("BROKER_URL") or REDIS_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = broker.transport_options(
    CELERY_BROKER_URL, sentinel_master=env.text("BROKER_SENTINEL_MASTER")
)
CELERY_TASK_QUEUES = broker.QUEUES
CELERY_TASK_DEFAULT_QUEUE = broker.REST
CELERY_TASK_ROUTES = broker.ROUTES
CELERY_BEAT_SCHEDULER = "see1.beat:LeasedScheduler"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_TIME_LIMIT = 300
CELERY_TIMEZONE = "UTC"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "bookings.api.authentication.KeyAuthentication",
        "bookings.api.authentication.BrowserAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["bookings.api.permissions.ScopedAccess"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["modules.api.bodies.StrictJsonParser"],
    "DEFAULT_PAGINATION_CLASS": "modules.api.pages.CursorPages",
    "DEFAULT_SCHEMA_CLASS": "see1.openapi.ApiSchema",
    "DEFAULT_THROTTLE_CLASSES": ["bookings.api.throttles.KeyThrottle"],
    "EXCEPTION_HANDLER": "see1.problems.handler.answer",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "URL_FORMAT_OVERRIDE": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
API_THROTTLE = env.text("API_THROTTLE")

SPECTACULAR_SETTINGS = {
    "TITLE": "SEE-1 Bookings",
    "DESCRIPTION": "Search, hold and book windows on SEE-1, the studio and arena module in orbit.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "persistAuthorization": False, "validatorUrl": None},
    "ENUM_NAME_OVERRIDES": {
        "ActivityEnum": "modules.models.Activity",
        "CertaintyEnum": "modules.models.Certainty",
        "PhaseKindEnum": "modules.models.PhaseKind",
        "ClosureKindEnum": "modules.models.Closure.Kind",
        "PlaceKindEnum": "modules.models.Place.Kind",
        "StatusEnum": "bookings.states.Status",
        "AttentionEnum": "bookings.models.booking.Attention",
        "ActionEnum": "bookings.states.Action",
        "FirstStatusEnum": ["held", "requested"],
        "RoleEnum": "bookings.models.Role",
        "NewsKindEnum": "bookings.api.notifications.CHOICES",
        "WebhookEventEnum": "bookings.api.webhooks.EVENTS",
    },
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": [SELF, NONCE],  # the nonce is for the import map, which can't be a file
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"

# Webhooks to loopback or private addresses would let a partner reach into our own network.
WEBHOOKS_ALLOW_PRIVATE = False

DEMO = env.flag("SEE1_DEMO")

LOGGING = logging_config(level=env.text("LOG_LEVEL"), style=env.one_of("LOG_FORMAT", *STYLES))

TRACES_URL = env.text("TRACES_URL")
METRICS_TOKEN = env.text("METRICS_TOKEN")
METRICS_ARE_OPEN = False  # whether `/metrics` answers without the token
METRICS_WORKER_PORT = env.integer("METRICS_WORKER_PORT")
METRICS_WORKER_ADDRESS = env.text("METRICS_WORKER_ADDRESS")
