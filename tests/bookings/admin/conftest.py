"""A world with something of everything, and staff signed in, at `NOW`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.test import Client

from bookings import replanning
from bookings.models import Booking, User
from modules import operations
from tests.world import NOW, World, span


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def staff(world: World, client: Client) -> Client:
    client.force_login(world.staff_user)
    return client


@pytest.fixture
def permitted(world: World, client: Client):
    """Sign in a member of staff who has these permissions and no other."""

    def _permitted(*codenames: str) -> Client:
        user = User.objects.create_user("some@see1.example", "a long enough password", is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
        client.force_login(user)
        return client

    return _permitted


def told(response) -> list[str]:
    """The messages on the page that an answer leads to."""
    return [str(message) for message in response.context["messages"]]


def shut(world: World, window=None, **asked):
    """Close the module as staff do."""
    window = window or span("03-10 10:00")
    change = partial(
        operations.declare_closure,
        module=world.module,
        kind="maintenance",
        starts_at=window.starts_at,
        ends_at=window.ends_at,
        **asked,
    )
    return replanning.apply(world.module, change, reason="Filters.", actor=world.staff, at=NOW).result.subject


def again(booking: Booking) -> Booking:
    return Booking.objects.get(pk=booking.pk)


def moment(name: str, instant) -> dict[str, str]:
    """A date and time as the admin's two fields have it."""
    return {f"{name}_0": f"{instant:%Y-%m-%d}", f"{name}_1": f"{instant:%H:%M:%S}"}


def send(client: Client, address: str, form: dict[str, object], **options):
    """Send a change form as a browser does: with the counts of its inlines, which the page bears."""
    counts: dict[str, object] = {}
    page = client.get(address)
    for inline in (page.context or {}).get("inline_admin_formsets", []):
        management = inline.formset.management_form
        counts |= {f"{management.prefix}-{name}": value for name, value in management.initial.items()}
    return client.post(address, counts | form, **options)


def apply_shown(staff: Client, response, *, flagged: int = 0, cleared: int = 0) -> None:
    """Saving what touches bookings shows first what it would do, and saves nothing; then say yes."""
    shown = "Nothing is saved yet: it touches bookings. See what it does, then apply it."
    assert any(message.endswith(shown) for message in told(response))
    revision = response.context["revision"]
    assert (revision.state, revision.flagged, revision.cleared) == ("previewed", flagged, cleared)
    done = staff.post(f"/staff/revisions/{revision.pk}/apply/", follow=True)
    assert any("is applied." in message for message in told(done))


def saved_once_more(staff: Client, address: str, form: dict[str, object], said: str):
    """Saving what touches bookings says first which, and saves nothing; what is sent once more with that is saved."""
    before = [(booking.pk, booking.attention) for booking in Booking.objects.order_by("pk")]
    page = staff.post(address, form)
    assert page.status_code == 200
    [sentence] = page.context["adminform"].form.non_field_errors()
    assert sentence.startswith("Nothing is saved yet")
    assert said in sentence
    assert [(booking.pk, booking.attention) for booking in Booking.objects.order_by("pk")] == before
    [yes] = re.findall(r'name="agreed" value="([0-9a-f]{64})"', page.content.decode())
    return staff.post(address, form | {"agreed": yes}, follow=True)
