"""For `collectstatic` while an image is built: production's static files, and no secret, for none is needed."""

from see1.settings.base import *  # noqa: F403 - a settings module is its base and a few changes

SECRET_KEY = "only-for-collecting-static-files"  # noqa: S105 - it signs nothing
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
