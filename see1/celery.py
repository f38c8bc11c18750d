"""The Celery application. Tasks are thin: what is due is asked of the database, never of a countdown."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "see1.settings.dev")

app = Celery("see1")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
