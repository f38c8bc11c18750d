"""`make run`: the demo on one's own machine."""

import os
from pathlib import Path

from see1.settings import environment as env
from see1.settings.base import *  # noqa: F403 - a settings module is its base and a few changes

DEBUG = True
SECRET_KEY = env.text("SECRET_KEY", "demo-only-key-never-used-outside-a-developers-machine")
ALLOWED_HOSTS = ["*"]
INTERNAL_IPS: list[str] = []
DEMO = env.flag("SEE1_DEMO", default=True)
EMAIL_BACKEND = env.text("EMAIL_BACKEND", "see1.demo_mail.DemoMailBackend")
DEMO_MAIL_DIR = Path(os.environ.get("SEE1_DATA_DIR", "var")).resolve() / "mail"
API_THROTTLE = env.text("API_THROTTLE", "")
WEBHOOKS_ALLOW_PRIVATE = True
