"""The WSGI entry that gunicorn serves."""

import gc
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from see1.bodies import MeasuredBodies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "see1.settings.dev")

application = MeasuredBodies(get_wsgi_application(), settings.DATA_UPLOAD_MAX_MEMORY_SIZE)

get_resolver().url_patterns  # noqa: B018 - all the views are loaded now, not by the first who asks

# What is loaded stays; looking through all of it for garbage, again and again, would take a tenth of each request.
gc.collect()
gc.freeze()
gc.set_threshold(10_000, 10, 10)
