"""Production: nothing has a default that would be weak; a missing or weak one stops the start with a sentence."""

from see1.logging_config import STYLES, logging_config
from see1.settings import environment as env
from see1.settings import strength
from see1.settings.base import *  # noqa: F403 - a settings module is its base and a few changes

DEBUG = False
SECRET_KEY = strength.secret_key("SECRET_KEY", env.text("SECRET_KEY"))
SECRET_KEY_FALLBACKS = [strength.secret_key("SECRET_KEY_FALLBACKS", key) for key in env.words("SECRET_KEY_FALLBACKS")]
ALLOWED_HOSTS = strength.hosts("ALLOWED_HOSTS", env.words("ALLOWED_HOSTS"))
strength.service_url("DATABASE_URL", env.required("DATABASE_URL"))
strength.service_url("REDIS_URL", env.required("REDIS_URL"))
strength.broker_url("BROKER_URL", env.text("BROKER_URL"))
if env.text("REPLICA_DATABASE_URL"):
    strength.service_url("REPLICA_DATABASE_URL", env.text("REPLICA_DATABASE_URL"))
if env.text("APPLICATION_DATABASE_URL"):
    strength.service_url("APPLICATION_DATABASE_URL", env.text("APPLICATION_DATABASE_URL"))
PUBLIC_URL = strength.public_url("PUBLIC_URL", env.required("PUBLIC_URL"))
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
DEFAULT_FROM_EMAIL = env.required("DEFAULT_FROM_EMAIL")
strength.mail_password(env.text("EMAIL_HOST_PASSWORD"), is_encrypted=env.flag("EMAIL_USE_TLS"))
METRICS_TOKEN = strength.token("METRICS_TOKEN", env.text("METRICS_TOKEN"))
METRICS_ARE_OPEN = False
DEMO = strength.no_demo(wanted=env.flag("SEE1_DEMO"))

TRUSTED_PROXIES = env.integer("TRUSTED_PROXIES", 1)
SECURE_SSL_REDIRECT = env.flag("SECURE_SSL_REDIRECT")
# Load balancers and Prometheus ask from inside, without TLS; neither answer says anything of anybody.
SECURE_REDIRECT_EXEMPT = [r"^healthz/$", r"^readyz/$", r"^metrics/$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
LANGUAGE_COOKIE_SECURE = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
LOGGING = logging_config(level=env.text("LOG_LEVEL"), style=env.one_of("LOG_FORMAT", *STYLES, default="json"))
