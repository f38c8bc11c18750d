"""Encrypts second factors anew with the present SECRET_KEY, so that its predecessor can leave SECRET_KEY_FALLBACKS."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand
from django.db import transaction

from see1.account_adapter import encrypted_anew

ENCRYPTED = ("secret", "seed")


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        count = 0
        with transaction.atomic():
            for factor in Authenticator.objects.select_for_update().order_by("pk"):
                kept = {name: encrypted_anew(factor.data[name]) for name in ENCRYPTED if name in factor.data}
                if kept:
                    factor.data |= kept
                    factor.save(update_fields=["data"])
                    count += 1
        self.stdout.write(f"{count} second factors are encrypted with the present key.")
