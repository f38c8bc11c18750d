"""Staff plan and offer other windows; their producers see what is offered, and accept or decline with one click."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import partial
from html import unescape

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from bookings import delivery, emails, lifecycle, replanning
from bookings.models import Booking, Mail, Proposal, Rebooking, User
from bookings.states import Status
from modules import operations
from tests.bookings.web.conftest import browser
from tests.world import NOW, World, span

WINDOW = span("03-10 10:00")
ANSWER_BY = NOW + timedelta(days=3)
LIST = "/staff/rebooking/"


@pytest.fixture
def flagged(world: World) -> Booking:
    booking = world.reserve(WINDOW, status=Status.REQUESTED)
    lifecycle.confirm(actor=world.staff, booking_id=booking.pk, concurrence="Axiom, by voice", at=NOW)
    world.reserve(span("03-10 12:30"), by=world.theirs)
    around = span("03-10 08:00", 8)
    change = partial(
        operations.declare_closure,
        module=world.module,
        kind="visiting_vehicle",
        starts_at=around.starts_at,
        ends_at=around.ends_at,
    )
    replanning.apply(world.module, change, reason="Progress docks.", actor=world.staff, at=NOW)
    return booking


@pytest.fixture
def proposal(world: World, flagged: Booking) -> Proposal:
    said = {"reason": "Progress docks.", "answer_by": ANSWER_BY, "actor": world.staff, "at": NOW}
    round_ = replanning.plan(world.module, [flagged.pk], **said)
    return replanning.offer(round_.pk, actor=world.staff, at=NOW).proposals.get()


def asked(**said: object) -> dict[str, object]:
    return {"reason": "Progress docks.", "answer_by": "2027-03-04T12:00", "which": "all"} | said


def test_from_the_list_to_an_offer(flagged: Booking, staff: Client) -> None:
    shown = staff.get(LIST).content.decode()
    assert flagged.reference in shown
    assert "In the order" not in shown
    assert "Plan for the first 2 of all 2" in shown
    planned = staff.post(LIST, asked(), follow=True)
    page = planned.content.decode()
    assert "Plan: nothing is held, nobody is told" in page
    assert "Hold and offer 2 windows" in page
    assert not Booking.objects.filter(status="held", created_at=NOW, proposed_as__isnull=False).exists()
    round_ = Rebooking.objects.get()
    done = staff.post(f"{LIST}{round_.pk}/offer/", follow=True).content.decode()
    assert "2 windows are held and offered." in done
    assert "Waits for the producer" in done
    assert "No booking needs another window." in staff.get(LIST).content.decode()
    again = staff.post(f"{LIST}{round_.pk}/offer/", follow=True).content.decode()
    assert "was offered already" in again


def test_one_round_leads_to_the_next(flagged: Booking, staff: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the first one's reason and date filled in; what was offered has left the list."""
    monkeypatch.setattr("bookings.web.rebooking.MOST", 1)
    shown = staff.get(LIST).content.decode()
    assert "Plan for the first 1 of all 2" in shown
    assert "A round has at most 1 bookings." in shown
    staff.post(LIST, asked())
    [proposal] = Rebooking.objects.get().proposals.all()
    assert proposal.booking == flagged
    page = f"{LIST}{proposal.rebooking_id}/"
    assert "Plan the next round" not in staff.get(page).content.decode()
    offered = staff.post(f"{page}offer/", follow=True).content.decode()
    assert "1 booking still needs another window." in offered
    [following] = re.findall(r'href="([^"]+)">Plan the next round', offered)
    form = staff.get(unescape(following)).content.decode()
    assert "Progress docks.</textarea>" in form
    assert 'value="2027-03-04T12:00"' in form
    assert flagged.reference not in form.split("Rounds so far")[0]
    assert "A round has at most" not in form
    staff.post(unescape(following), asked())
    last = Rebooking.objects.latest("pk")
    done = staff.post(f"{LIST}{last.pk}/offer/", follow=True).content.decode()
    assert "Plan the next round" not in done


def test_those_ticked_are_planned_and_no_others(flagged: Booking, staff: Client) -> None:
    staff.post(LIST, asked(which="ticked", bookings=[str(flagged.pk), "x", "\0"]))
    assert [each.booking for each in Rebooking.objects.get().proposals.all()] == [flagged]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"reason": " "}, "Say why"),
        ({"answer_by": "2027-03-01T12:30"}, "at least an hour"),
        ({"answer_by": "soon"}, ""),
        ({"which": "ticked"}, "Choose at least one booking"),
    ],
)
def test_what_is_missing_is_said_on_the_form_that_keeps_what_was_typed(flagged, staff: Client, said, words) -> None:
    answer = staff.post(LIST, asked(**said))
    page = answer.content.decode()
    assert answer.status_code == 400
    assert words in page
    assert str(asked(**said)["answer_by"]) in page
    assert not Rebooking.objects.exists()


def test_the_list_is_narrowed_by_reason_and_organisation(world: World, flagged: Booking, staff: Client) -> None:
    theirs = staff.get(LIST, {"organisation": str(world.theirs.organisation.pk)}).context["page"]
    assert [booking.organisation for booking in theirs] == [world.theirs.organisation]
    assert staff.get(LIST, {"why": "over_capacity"}).context["page"].paginator.count == 0
    assert staff.get(LIST, {"why": "\0", "organisation": "\0", "page": "x"}).context["page"].paginator.count == 2


def test_its_producer_accepts_with_one_click(proposal: Proposal, flagged: Booking, ours: Client) -> None:
    address = f"/proposals/{proposal.pk}/"
    assert address in ours.get("/proposals/").content.decode()
    assert address in ours.get(f"/bookings/{flagged.pk}/").content.decode()
    assert address in ours.get(f"/bookings/{proposal.hold_id}/").content.decode()
    page = ours.get(address).content.decode()
    for words in ("Another window is kept for you", "Progress docks.", "It costs the same", "confirm it anew"):
        assert words in page
    version = Booking.objects.get(pk=flagged.pk).version
    done = ours.post(f"{address}accept/", {"version": version}, follow=True).content.decode()
    assert "is moved to the window that was kept for it" in done
    moved = Booking.objects.get(pk=flagged.pk)
    assert (moved.starts_at, moved.status, moved.attention) == (proposal.starts_at, "requested", [])
    assert "Accepted" in ours.get(address).content.decode()
    twice = ours.post(f"{address}accept/", {"version": moved.version}, follow=True).content.decode()
    assert "not open any more" in twice


def test_the_list_says_what_it_costs_and_asks(
    proposal: Proposal, flagged: Booking, ours: Client, staff: Client
) -> None:
    page = ours.get("/proposals/").content.decode()
    for words in ("Where it would go", "Instead of", "What it costs there", "It costs the same"):
        assert words in page
    answers = [f'action="/proposals/{proposal.pk}/{answer}/"' for answer in ("accept", "decline")]
    version = Booking.objects.get(pk=flagged.pk).version
    assert [page.count(each) for each in (*answers, f'name="version" value="{version}"')] == [1, 1, 2]
    assert [each in staff.get("/proposals/").content.decode() for each in answers] == [False, False]
    round_page = staff.get(f"{LIST}{proposal.rebooking_id}/").content.decode()
    assert round_page.index("Where it would go") < round_page.index("Instead of")
    ours.post(f"/proposals/{proposal.pk}/accept/", {"version": version})
    assert [each in ours.get("/proposals/").content.decode() for each in answers] == [False, False]


def test_the_list_asks_nothing_of_who_may_only_look(proposal: Proposal, viewer: Client) -> None:
    page = viewer.get("/proposals/").content.decode()
    assert f"/proposals/{proposal.pk}/" in page
    assert "/accept/" not in page
    assert "/decline/" not in page


def test_what_can_no_longer_be_accepted_is_said_on_the_list(proposal: Proposal, world: World, ours: Client) -> None:
    around = span("03-01 13:00", 24 * 30)
    change = partial(
        operations.declare_closure,
        module=world.module,
        kind="maintenance",
        starts_at=around.starts_at,
        ends_at=around.ends_at,
    )
    replanning.apply(world.module, change, reason="All is shut.", actor=world.staff, at=NOW)
    page = ours.get("/proposals/").content.decode()
    assert f"/proposals/{proposal.pk}/accept/" not in page
    assert f"/proposals/{proposal.pk}/decline/" in page


def test_the_first_page_and_the_hold_itself_lead_to_the_offer(proposal: Proposal, ours: Client) -> None:
    assert "1</strong> other window is kept for you" in ours.get("/").content.decode()
    hold = ours.get(f"/bookings/{proposal.hold_id}/").content.decode()
    assert "Kept for an offer" in hold
    assert f"/bookings/{proposal.hold_id}/request/" not in hold


def test_its_producer_declines(proposal: Proposal, flagged: Booking, ours: Client) -> None:
    version = Booking.objects.get(pk=flagged.pk).version
    done = ours.post(f"/proposals/{proposal.pk}/decline/", {"version": version}, follow=True).content.decode()
    assert "stays where it is" in done
    assert Booking.objects.get(pk=flagged.pk).starts_at == WINDOW.starts_at
    assert "Was offered another window" in done


def test_an_old_page_moves_nothing(proposal: Proposal, flagged: Booking, ours: Client) -> None:
    answer = ours.post(f"/proposals/{proposal.pk}/accept/", {"version": flagged.version}, follow=True)
    assert "has changed since you read it" in answer.content.decode()
    assert Booking.objects.get(pk=flagged.pk).starts_at == WINDOW.starts_at


def test_others_learn_nothing(proposal: Proposal, theirs: Client, viewer: Client, ours: Client) -> None:
    address = f"/proposals/{proposal.pk}/"
    assert theirs.get(address).status_code == 404
    assert theirs.post(f"{address}accept/", {"version": 1}).status_code == 404
    assert "nothing is offered" in theirs.get("/proposals/").content.decode().lower()
    assert "may look at" in viewer.get(address).content.decode()
    assert viewer.post(f"{address}accept/", {"version": 1}).status_code == 403
    for client in (ours, theirs, viewer):
        assert client.get(LIST).status_code == 404
        assert client.get(f"{LIST}{proposal.rebooking_id}/").status_code == 404
        assert client.post(f"{LIST}{proposal.rebooking_id}/offer/").status_code == 404
        assert client.post(f"/staff/proposals/{proposal.pk}/withdraw/").status_code == 404
    assert "login" in Client().get(address).headers["Location"]


def test_staff_who_may_only_look_plan_and_offer_nothing(proposal: Proposal) -> None:
    user = User.objects.create_user("some@see1.example", "a long enough password", is_staff=True)
    client = browser(user)
    assert client.get(LIST).status_code == 403
    user.user_permissions.set(Permission.objects.filter(codename="view_booking"))
    client = browser(User.objects.get(pk=user.pk))
    assert client.get(LIST).status_code == 200
    assert client.get(f"{LIST}{proposal.rebooking_id}/").status_code == 200
    assert client.post(LIST, asked()).status_code == 403
    assert client.post(f"{LIST}{proposal.rebooking_id}/offer/").status_code == 403
    assert client.post(f"/staff/proposals/{proposal.pk}/withdraw/").status_code == 403


def test_staff_withdraw_an_offer(proposal: Proposal, staff: Client) -> None:
    done = staff.post(f"/staff/proposals/{proposal.pk}/withdraw/", follow=True).content.decode()
    assert "The window is free again." in done
    assert Booking.objects.get(pk=proposal.hold_id).status == "released"
    again = staff.post(f"/staff/proposals/{proposal.pk}/withdraw/", follow=True).content.decode()
    assert "not open any more" in again


@pytest.mark.parametrize(
    "address",
    ["/staff/rebooking/0/", f"/staff/rebooking/{10**30}/", f"/proposals/{'0' * 8}-0000-4000-8000-{'0' * 12}/"],
)
def test_odd_addresses_are_not_there(world: World, staff: Client, address: str) -> None:
    assert staff.get(address).status_code == 404


def test_the_mail_says_what_is_offered_and_leads_to_it(proposal: Proposal, flagged: Booking) -> None:
    mail = Mail.objects.get(kind="proposed")
    letter = emails.write(mail, at=NOW)
    assert letter.path == f"/proposals/{proposal.pk}/"
    said = " ".join(
        [letter.subject, *letter.happened, *letter.next, *(line for _, lines in letter.facts for line in lines)]
    )
    for words in (flagged.reference, "Progress docks.", "2027/069 10:00", "To be answered by 2027/063 12:00 GMT"):
        assert words in said
    replanning.lapse_due(at=ANSWER_BY)
    assert "Answered since: lapsed" in " ".join(
        line for _, lines in emails.write(mail, at=ANSWER_BY).facts for line in lines
    )
    gone = Mail.objects.get(kind="expired", booking=proposal.hold)
    assert "was not taken, and given back" in " ".join(emails.write(gone, at=ANSWER_BY).happened)
    assert delivery.deliver_due(at=NOW)["sent"]


def test_control_characters_in_a_reason_are_left_out(flagged: Booking, staff: Client) -> None:
    assert staff.post(LIST, asked(reason="Progress\x00 docks.")).status_code == 302
    assert Rebooking.objects.get().reason == "Progress docks."
