"""The tests: the same PostgreSQL and Redis as everywhere, a cheap password hash, mail kept in memory."""

from see1.settings.base import *  # noqa: F403 - a settings module is its base and a few changes

DEBUG = False
SECRET_KEY = "only-for-tests-" + "x" * 50
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
API_THROTTLE = ""
LOG_IN_TRIES_PER_ACCOUNT = LOG_IN_TRIES_PER_ADDRESS = 0  # but where a test is about them
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False
PUBLIC_URL = "https://bookings.see1.example"
LOGGING_CONFIG = None
WEBHOOKS_ALLOW_PRIVATE = True
WHITENOISE_AUTOREFRESH = True  # static files straight from their folders, nothing collected
