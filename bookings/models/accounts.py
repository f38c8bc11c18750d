"""People, the organisations they book for, what those produce, and the keys of partners' systems."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bookings.querysets import ApiKeyQuerySet, ProductionQuerySet
from modules.models import Activity

ONE_LINE = RegexValidator(
    r"[\x00-\x1f\x7f-\x9f\u2028\u2029]",
    message=_("Write it in one line, without control characters."),
    code="control_characters",
    inverse_match=True,
)

NO_ADDRESS = RegexValidator(
    r"(?i:://|www\.)|[\w-]\.(?:[a-z]{2,}|[A-Z]{2,})(?!\w)",
    message=_("Give a name without a web address."),
    code="web_address",
    inverse_match=True,
)
"""For names that go out in mails to people who may never have heard of us, and whose mail programs make a link of
what looks like one: "cometa.film", but not "St.Moritz" or "S.p.A."."""


class UserManager(BaseUserManager["User"]):
    """People are known by their mail address, whatever its capitals."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A person that somebody vouches for, as with `createsuperuser`: the mail address counts as verified."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        with transaction.atomic(using=self._db):
            user.save()
            user.emailaddress_set.create(email=user.email, verified=True, primary=True)  # type: ignore[attr-defined]  # allauth's, which is not typed
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractUser):
    """A person. Staff run the schedule; everybody else acts for the organisations they belong to."""

    username = None  # type: ignore[assignment]  # Django's way to drop an inherited field
    email = models.EmailField(unique=True)
    language = models.CharField(
        max_length=10, blank=True, default="", db_default="", help_text="Of pages and mails; empty until chosen."
    )
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []

    objects = UserManager()  # type: ignore[assignment, misc]  # the inherited manager is keyed by user name

    class Meta(AbstractUser.Meta):
        swappable = "AUTH_USER_MODEL"

    def __str__(self) -> str:
        return self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = self.email.strip().lower()
        super().save(*args, **kwargs)


class Organisation(models.Model):
    """A production company."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200, validators=[ONE_LINE])
    time_zone = models.CharField(max_length=64, default="UTC", help_text="As in Europe/Rome; shown beside GMT.")
    language = models.CharField(
        max_length=10, default="en", db_default="en", help_text="Of mails to colleagues who have chosen none."
    )
    members = models.ManyToManyField(User, through="Membership", related_name="organisations")

    active_members: list[tuple[int, str]]  # their ids and roles, in order of membership, where they were read along

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What a member may do. Owners also manage members and keys; viewers only look."""

    OWNER = "owner", _("Owner")
    BOOKER = "booker", _("Booker")
    VIEWER = "viewer", _("Viewer")


class Membership(models.Model):
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.BOOKER)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "user"], name="membership_unique")]

    def __str__(self) -> str:
        return f"{self.user} · {self.organisation} ({self.role})"


class Production(models.Model):
    """What is made: a film, a series, a concert, a match."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="productions")
    title = models.CharField(max_length=200, validators=[ONE_LINE])
    activity = models.CharField(max_length=20, choices=Activity.choices)
    confidential = models.BooleanField(
        default=False, help_text="Its title stays out of mails and calendars; only the reference is shown."
    )
    created_at = models.DateTimeField()

    objects = ProductionQuerySet.as_manager()

    people: list[dict[str, Any]]  # those of its organisation, where they were read along

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return self.title

    @property
    def public_title(self) -> str:
        """What may be written in mails and calendars, which others might see."""
        return gettext("Confidential production") if self.confidential else self.title


class Scope(models.TextChoices):
    READ = "read", _("Read")
    BOOK = "book", _("Book")


class ApiKey(models.Model):
    """A partner's key. Only its hash is kept: the key itself is shown once."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_keys")
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="api_keys",
        help_text="Empty for a staff key.",
    )
    name = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    scopes = ArrayField(models.CharField(max_length=10, choices=Scope.choices))
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__isnull=True) | Q(expires_at__gt=models.F("created_at")),
                name="api_key_expires_after_its_making",
            )
        ]

    def __str__(self) -> str:
        return self.name
