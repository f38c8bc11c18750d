"""Who books, what they make, what they booked, and what was promised to whom."""

from bookings.models.accounts import ApiKey, Membership, Organisation, Production, Role, Scope, User
from bookings.models.audit import AuditEntry
from bookings.models.booking import Booking, Challenge, Claim, Transition
from bookings.models.feeds import CalendarFeed
from bookings.models.idempotency import IdempotencyRecord
from bookings.models.invitations import Invitation
from bookings.models.outbox import Mail, NotificationChoice
from bookings.models.proposals import Proposal, Rebooking
from bookings.models.rates import CancellationTerm, Rate, RateCard, Season
from bookings.models.revisions import RevisedBooking, ScheduleRevision
from bookings.models.searches import SavedSearch
from bookings.models.webhooks import WebhookDelivery, WebhookEndpoint

__all__ = [
    "ApiKey",
    "AuditEntry",
    "Booking",
    "CalendarFeed",
    "CancellationTerm",
    "Challenge",
    "Claim",
    "IdempotencyRecord",
    "Invitation",
    "Mail",
    "Membership",
    "NotificationChoice",
    "Organisation",
    "Production",
    "Proposal",
    "Rate",
    "RateCard",
    "Rebooking",
    "RevisedBooking",
    "Role",
    "SavedSearch",
    "ScheduleRevision",
    "Scope",
    "Season",
    "Transition",
    "User",
    "WebhookDelivery",
    "WebhookEndpoint",
]
