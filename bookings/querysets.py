"""What is asked of bookings, in the field's words. What a user may not see is never fetched."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q

from bookings.states import ACTIVE, Status

if TYPE_CHECKING:
    from uuid import UUID

    from bookings.actors import Actor
    from modules.intervals import Span
    from modules.prepared import Slot


class BookingQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> BookingQuerySet:
        """One's organisations' bookings; staff who may look at bookings see all."""
        return self if actor.sees_all("booking") else self.filter(organisation__in=actor.organisation_ids)

    def ending_within(self, time: timedelta, at: datetime) -> BookingQuerySet:
        """Holds that end soon if nothing is done."""
        return self.filter(status=Status.HELD, hold_expires_at__range=(at, at + time))

    def challenged(self) -> BookingQuerySet:
        """Holds that must request in time, or expire."""
        challenges = self.model._meta.get_field("challenges_met").related_model._default_manager
        return self.filter(models.Exists(challenges.filter(challenged=models.OuterRef("pk"), outcome="open")))

    def active(self) -> BookingQuerySet:
        return self.filter(status__in=ACTIVE)

    def overlapping(self, span: Span) -> BookingQuerySet:
        return self.filter(starts_at__lt=span.ends_at, ends_at__gt=span.starts_at)

    def expired_holds(self, at: datetime) -> BookingQuerySet:
        """Holds whose time is up, in the order in which it was."""
        return self.filter(status=Status.HELD, hold_expires_at__lte=at).order_by("hold_expires_at", "arrival")

    def claiming(self, span: Span) -> BookingQuerySet:
        """Those that claim any of `span` in any zone, turnaround included."""
        wanted = DateTimeTZRange(span.starts_at, span.ends_at, "[)")
        return self.filter(claims__period__overlap=wanted).distinct()

    def unanswered(self, at: datetime) -> BookingQuerySet:
        """Requests whose window began before staff answered."""
        return self.filter(status=Status.REQUESTED, starts_at__lte=at).order_by("starts_at", "arrival")

    def over(self, at: datetime) -> BookingQuerySet:
        """Confirmed bookings whose window is past."""
        return self.filter(status=Status.CONFIRMED, ends_at__lte=at).order_by("ends_at", "arrival")

    def holds_claiming(self, zone_ids: Sequence[int], period: Span) -> BookingQuerySet:
        """Holds that claim any of `period` in any of the zones, in the order of arrival."""
        wanted = DateTimeTZRange(period.starts_at, period.ends_at, "[)")
        return (
            self.filter(status=Status.HELD, claims__zone_id__in=zone_ids, claims__period__overlap=wanted)
            .distinct()
            .order_by("arrival")
        )

    def on_zones(self, slugs: Sequence[str]) -> BookingQuerySet:
        """Those on any of these zones, each once."""
        claims = self.model._meta.get_field("claims").related_model._default_manager
        return self.filter(models.Exists(claims.filter(booking=models.OuterRef("pk"), zone__slug__in=slugs)))

    def for_writing(self) -> BookingQuerySet:
        """With what a change needs. The module is locked, not the rows: one lock, one order."""
        return self.select_related("organisation", "production", "module", "phase__rules", "rate_card")

    def attention_first(self, *then: str) -> BookingQuerySet:
        """Those that need a look on top; each part in the order of the fields `then`."""
        needs = models.Case(models.When(attention=[], then=0), default=1, output_field=models.SmallIntegerField())
        found: BookingQuerySet = self.annotate(needs_attention=needs).order_by("-needs_attention", *then)
        return found

    def with_details(self) -> BookingQuerySet:
        """All that a representation needs, in a fixed number of queries."""
        return self.select_related("production", "module", "phase", "organisation").prefetch_related(
            models.Prefetch("zones", to_attr="zone_list")
        )


class ClaimQuerySet(models.QuerySet[Any]):
    def standing(self) -> ClaimQuerySet:
        """Those with a rank: they occupy or wait."""
        return self.filter(rank__isnull=False)

    def occupying(self) -> ClaimQuerySet:
        return self.filter(rank=1)

    def touching(self, span: Span) -> ClaimQuerySet:
        """Claims whose period (turnaround included) overlaps `span`."""
        return self.filter(period__overlap=DateTimeTZRange(span.starts_at, span.ends_at, "[)"))


class ProposalQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> ProposalQuerySet:
        """What was offered to one's organisations; staff who may look at bookings see all that was.

        What is only planned is nobody's to see.
        """
        offered = self.exclude(hold=None)
        return (
            offered if actor.sees_all("booking") else offered.filter(booking__organisation__in=actor.organisation_ids)
        )

    def about(self, booking: Any) -> ProposalQuerySet:
        """The open one for this booking, or that this hold keeps the window of."""
        return self.filter(Q(booking=booking) | Q(hold=booking), state="open").select_related("booking")

    def open_first(self) -> ProposalQuerySet:
        """Those that wait for an answer on top, the most urgent first; then the others, the newest first."""
        is_open = models.Case(models.When(state="open", then=0), default=1, output_field=models.SmallIntegerField())
        urgent = models.Case(models.When(state="open", then="answer_by"))
        return self.order_by(is_open, urgent, "-answer_by", "id")

    def to_end(self, at: datetime) -> ProposalQuerySet:
        """Open ones whose time is up, or whose booking or hold is not what it was when they were made."""
        moved = ~Q(booking__starts_at=models.F("from_starts_at"), booking__ends_at=models.F("from_ends_at"))
        taken = ~Q(hold__starts_at=models.F("starts_at"), hold__ends_at=models.F("ends_at"))
        gone = ~Q(hold__status=Status.HELD) | ~Q(booking__status__in=ACTIVE) | moved | taken
        return self.filter(Q(answer_by__lte=at) | gone, state="open").order_by("answer_by", "id")


class ProductionQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> ProductionQuerySet:
        return self if actor.sees_all("production") else self.filter(organisation__in=actor.organisation_ids)


class SavedSearchQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> SavedSearchQuerySet:
        """One's own, and those shared with an organisation of one's. A key keeps to what its organisation shares."""
        shared = Q(organisation__in=actor.organisation_ids)
        if actor.key is not None and actor.organisation_ids:
            return self.filter(shared)
        return self.filter(shared | Q(organisation=None, user=actor.user))


class InvitationQuerySet(models.QuerySet[Any]):
    def unanswered(self) -> InvitationQuerySet:
        """Neither accepted nor revoked, those that are too old included."""
        return self.filter(accepted_at=None, revoked_at=None)

    def open(self, at: datetime) -> InvitationQuerySet:
        """Those that can still be accepted."""
        return self.unanswered().filter(expires_at__gt=at)


class ApiKeyQuerySet(models.QuerySet[Any]):
    def with_role(self) -> ApiKeyQuerySet:
        """With `member_role`: what the key's person is in its organisation, None where they are no member."""
        members = self.model._meta.get_field("organisation").related_model.members.through._default_manager
        own = members.filter(organisation=models.OuterRef("organisation"), user=models.OuterRef("user"))
        found: ApiKeyQuerySet = self.annotate(member_role=models.Subquery(own.values("role")[:1]))
        return found

    def of_members(self) -> ApiKeyQuerySet:
        """Staff's keys, and those whose person is still a member of the organisation."""
        return self.with_role().filter(Q(organisation=None) | Q(member_role__isnull=False))

    def usable(self, at: datetime | Slot) -> ApiKeyQuerySet:
        return self.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=at), revoked_at__isnull=True)


class MailQuerySet(models.QuerySet[Any]):
    def due(self, at: datetime) -> MailQuerySet:
        """Those to try now, failed ones not before their back-off is over."""
        return self.filter(state="pending", next_try_at__lte=at).order_by("next_try_at", "id")

    def claimed(self) -> MailQuerySet:
        """Locked until the transaction ends, those that others have locked left out."""
        return self.select_for_update(of=("self",), skip_locked=True)

    def told_to(self, actor: Actor, *, at: datetime) -> MailQuerySet:
        """What an actor's person is told on the pages, of what they may still see.

        What was taken back never came; a mail about an account may hold a key, so it goes to its address alone.
        """
        organisations = Q(booking__organisation__in=actor.organisation_ids)
        if actor.key is None:
            mine = [str(pk) for pk in actor.organisation_ids]
            organisations |= Q(booking=None, context__organisations__has_any_keys=mine)
        if actor.sees_all("booking"):
            organisations |= Q(booking__isnull=False)
        return self.filter(organisations, recipient=actor.user, address="", due_at__lte=at).exclude(state="withdrawn")

    def wanted_on_pages(self) -> MailQuerySet:
        """Without the kinds that their people do not want on the pages."""
        return self.exclude(recipient__notification_choice__not_on_pages__contains=[models.F("kind")])

    def unread(self) -> MailQuerySet:
        return self.filter(read_at=None)

    def with_what_it_says(self) -> MailQuerySet:
        """With all that a letter is written from, in a fixed number of queries."""
        return self.select_related(
            "recipient__notification_choice",
            "booking__organisation",
            "booking__production",
            "booking__module",
            "booking__phase__rules",
        ).prefetch_related("booking__zones", "booking__organisation__memberships__user")


class EndpointQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> EndpointQuerySet:
        return self if actor.sees_all("webhookendpoint") else self.filter(organisation__in=actor.organisation_ids)


class DeliveryQuerySet(models.QuerySet[Any]):
    def due(self, at: datetime) -> DeliveryQuerySet:
        """Those to send now: the first undelivered one of each booking at each endpoint that is not paused."""
        earlier = self.model.objects.filter(
            endpoint=models.OuterRef("endpoint"),
            booking=models.OuterRef("booking"),
            state="pending",
            pk__lt=models.OuterRef("pk"),
        )
        return self.filter(
            ~models.Exists(earlier), state="pending", due_at__lte=at, endpoint__paused_at__isnull=True
        ).order_by("due_at", "id")

    def of_others_than(self, organisation_ids: Collection[UUID]) -> DeliveryQuerySet:
        return self.exclude(endpoint__organisation__in=organisation_ids) if organisation_ids else self

    def claimed(self) -> DeliveryQuerySet:
        """Locked until the transaction ends, those that others have locked left out."""
        return self.select_related("endpoint").select_for_update(skip_locked=True, of=("self",))


class AuditQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> AuditQuerySet:
        """What happened to things of the kinds that a member of staff may look at; nothing for anybody else."""
        user = actor.user
        if user is None or not actor.is_staff or not user.has_perm("bookings.view_auditentry"):
            return self.none()
        if user.is_superuser:
            return self
        looks = [name.replace(".view_", ".") for name in user.get_all_permissions() if ".view_" in name]
        return self.filter(model__in=looks)

    def of(self, thing: models.Model) -> AuditQuerySet:
        """What happened to one thing and its parts."""
        return self.filter(model=thing._meta.label_lower, object_id=str(thing.pk))
