"""`make run`: the demo on one's own machine."""

from see1.embedded.discovery import data_dir
from see1.settings import environment as env
from see1.settings.base import *  # noqa: F403 - a settings module is its base and a few changes

DEBUG = True
SECRET_KEY = env.text("SECRET_KEY", "demo-only-key-never-used-outside-a-developers-machine")
ALLOWED_HOSTS = ["*"]
INTERNAL_IPS: list[str] = []
DEMO = env.flag("SEE1_DEMO", default=True)
EMAIL_BACKEND = env.text("EMAIL_BACKEND", "see1.demo_mail.DemoMailBackend")
DEMO_MAIL_DIR = data_dir() / "mail"
API_THROTTLE = env.text("API_THROTTLE", "")
METRICS_ARE_OPEN = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # http://localhost, where browsers allow passkeys too
WEBHOOKS_ALLOW_PRIVATE = True
