"""Production: nothing has a default that would be weak; a missing one stops the start with a sentence."""

from django.core.exceptions import ImproperlyConfigured

from see1.settings import environment as env
from see1.settings.base import *  # noqa: F403 - a settings module is its base and a few changes

DEBUG = False
SECRET_KEY = env.text("SECRET_KEY")
if len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 10:
    raise ImproperlyConfigured("SECRET_KEY is too weak: give at least 50 characters, drawn at random.")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS")
if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS must name the hosts that this site is served on, comma-separated.")
env.text("DATABASE_URL")
env.text("REDIS_URL")
PUBLIC_URL = env.text("PUBLIC_URL").rstrip("/")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

DEMO = False
SECURE_SSL_REDIRECT = env.flag("SECURE_SSL_REDIRECT", default=True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
