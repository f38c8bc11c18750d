"""Production's settings, and one more address: a view that does nothing, to hold the others against.

Where a clock is named that can be stepped, the application goes by it.
"""

from bench.stage import stepping
from see1.settings.production import *  # noqa: F403 - a settings module is its base and a few changes

ROOT_URLCONF = "bench.stage.urls"
stepping.start()
