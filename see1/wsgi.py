"""The WSGI entry that gunicorn serves."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from see1.bodies import MeasuredBodies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "see1.settings.dev")

application = MeasuredBodies(get_wsgi_application(), settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
