"""Bookings over REST: made, read, changed, acted upon; and every refusal of the contract by its code."""

from typing import Any

import pytest

from bookings import lifecycle
from bookings.models import Booking, Membership, RateCard, Role, User
from bookings.states import Status
from modules.models import Closure, FlightRules, Zone, ZoneRule
from tests.callers import Caller, Callers, problem
from tests.world import NOW, World, span

WINDOW = span("03-10 10:00")
SHOWN = {
    "id",
    "reference",
    "production",
    "organisation",
    "module",
    "zones",
    "activity",
    "starts_at",
    "ends_at",
    "crew",
    "power_kw",
    "downlink_mbps",
    "media_return_kg",
    "conditions",
    "status",
    "hold_rank",
    "hold_expires_at",
    "phase",
    "price",
    "attention",
    "concurrence",
    "created_at",
    "updated_at",
    "etag",
}


def test_a_hold_reads_as_the_contract_says(api: Callers, body: dict[str, Any]) -> None:
    asked = {**body, "crew": 2, "power_kw": 3.5, "downlink_mbps": 20, "conditions": {}}
    made = api.ours.post("bookings/", asked)
    assert made.status_code == 201
    said = made.json()
    assert said.keys() == SHOWN
    assert {name: said[name] for name in asked} == asked
    assert (said["status"], said["hold_rank"], said["phase"], said["attention"]) == ("held", 1, "docked", [])
    assert said["hold_expires_at"] == "2027-03-08T10:00:00Z"
    assert said["created_at"] == said["updated_at"] == "2027-03-01T12:00:00Z"
    assert said["price"]["currency"] == "USD"
    assert all(isinstance(line["amount"], str) for line in said["price"]["lines"])
    assert made.headers["ETag"] == said["etag"]
    read = api.ours.get(made.headers["Location"])
    assert (read.json(), read.headers["ETag"]) == (said, said["etag"])


def test_requested_outright(api: Callers, body: dict[str, Any]) -> None:
    said = api.ours.post("bookings/", {**body, "status": "requested"}).json()
    assert (said["status"], said["hold_rank"], said["hold_expires_at"]) == ("requested", None, None)


def test_offsets_are_converted(api: Callers, body: dict[str, Any]) -> None:
    asked = {**body, "starts_at": "2027-03-10T11:00:00+01:00", "ends_at": "2027-03-10T07:00:00-05:00"}
    said = api.ours.post("bookings/", asked).json()
    assert (said["starts_at"], said["ends_at"]) == ("2027-03-10T10:00:00Z", "2027-03-10T12:00:00Z")


def test_the_whole_life_by_rest(api: Callers, body: dict[str, Any]) -> None:
    said = api.ours.post("bookings/", body).json()
    address = f"bookings/{said['id']}/"
    said = api.ours.post(f"{address}request/", if_match=said["etag"]).json()
    assert said["status"] == "requested"
    problem(api.ours.post(f"{address}confirm/", {"concurrence": "me"}, if_match=said["etag"]), 403, "permission_denied")
    refused = api.staff.post(f"{address}confirm/", {}, if_match=said["etag"])
    assert problem(refused, 400, "invalid")["errors"][0]["field"] == "concurrence"
    said = api.staff.post(f"{address}confirm/", {"concurrence": "Axiom, by mail"}, if_match=said["etag"]).json()
    assert (said["status"], said["concurrence"]) == ("confirmed", "Axiom, by mail")
    said = api.ours.post(f"{address}cancel/", {"reason": "rain on the ground"}, if_match="*").json()
    assert said["status"] == "cancelled"
    lines = api.ours.get(f"{address}history/").json()["results"]
    steps = [(line["action"], line["from"], line["to"]) for line in lines]
    assert steps == [
        ("create", None, "held"),
        ("request", "held", "requested"),
        ("confirm", "requested", "confirmed"),
        ("cancel", "confirmed", "cancelled"),
    ]
    assert lines[3]["detail"] == {"reason": "rain on the ground", "fee": "59750.00", "currency": "USD"}
    assert lines[3]["actor"] == "key “a system”"
    assert lines[0]["at"] == "2027-03-01T12:00:00Z"


def test_release_and_challenge(api: Callers, world: World, body: dict[str, Any]) -> None:
    first = api.ours.post("bookings/", body).json()
    second = api.theirs.post("bookings/", {**body, "production": str(world.theirs.production.pk)}).json()
    assert second["hold_rank"] == 2
    challenged = api.theirs.post(f"bookings/{second['id']}/challenge/", if_match=second["etag"])
    assert challenged.status_code == 200
    first = api.ours.get(f"bookings/{first['id']}/").json()
    assert first["hold_expires_at"] == "2027-03-03T12:00:00Z"
    released = api.ours.post(f"bookings/{first['id']}/release/", {}, if_match=first["etag"])
    assert released.json()["status"] == "released"
    assert api.theirs.get(f"bookings/{second['id']}/").json()["hold_rank"] == 1


def test_staff_decline_with_a_reason(api: Callers, body: dict[str, Any]) -> None:
    said = api.ours.post("bookings/", {**body, "status": "requested"}).json()
    address = f"bookings/{said['id']}/decline/"
    problem(api.ours.post(address, {"reason": "no"}, if_match=said["etag"]), 403, "permission_denied")
    refused = api.staff.post(address, {}, if_match=said["etag"])
    assert problem(refused, 400, "invalid")["errors"][0] == {
        "field": "reason",
        "code": "required",
        "detail": "This field is required.",
    }
    assert api.staff.post(address, {"reason": "a docking"}, if_match=said["etag"]).json()["status"] == "declined"


def test_a_change_by_patch(api: Callers, body: dict[str, Any]) -> None:
    said = api.ours.post("bookings/", body).json()
    changed = api.ours.patch(f"bookings/{said['id']}/", {"zones": ["studio"], "crew": 3}, if_match=said["etag"])
    assert changed.status_code == 200
    assert (changed.json()["zones"], changed.json()["crew"]) == (["studio"], 3)
    assert changed.headers["ETag"] != said["etag"]
    same = api.ours.patch(f"bookings/{said['id']}/", {}, if_match=changed.headers["ETag"])
    assert same.headers["ETag"] == changed.headers["ETag"]


RULES = [
    ({"starts_at": "2027-02-20T10:00:00Z", "ends_at": "2027-02-20T12:00:00Z"}, "in_the_past"),
    ({"starts_at": "2027-03-02T10:00:00Z", "ends_at": "2027-03-02T12:00:00Z"}, "lead_time"),
    ({"ends_at": "2027-03-10T10:29:00Z"}, "too_short"),
    ({"ends_at": "2027-03-24T10:01:00Z"}, "too_long"),
    ({"starts_at": "2027-12-31T23:00:00Z", "ends_at": "2028-01-01T01:00:00Z"}, "crosses_phase"),
    ({"crew": 7}, "crew_limit"),
    ({"power_kw": 12.01}, "power_limit"),
    ({"downlink_mbps": 301}, "downlink_limit"),
    ({"zones": ["studio"], "activity": "sports"}, "zone_not_equipped"),
]


def test_a_broken_flight_rule(api: Callers, body: dict[str, Any], subtests: pytest.Subtests) -> None:
    for asked, code in RULES:
        with subtests.test(asked=asked):
            document = problem(api.ours.post("bookings/", {**body, **asked}), 400, code)
            assert document["errors"][0]["code"] == code
            assert document["errors"][0]["field"] in body.keys() | asked.keys()
            problem(api.ours.post("quotes/", {**body, **asked}), 400, code)
    assert not Booking.objects.exists()


@pytest.mark.parametrize(
    ("written", "read"), [(0.1 + 0.2, 0.3), (57 * 0.01, 0.57), ("3.50", 3.5), (4, 4.0), (2.0, 2.0), ("0", 0.0)]
)
def test_power_is_taken_as_it_is_meant(api: Callers, body: dict[str, Any], written: Any, read: float) -> None:
    assert api.ours.post("bookings/", {**body, "power_kw": written}).json()["power_kw"] == read


def test_the_last_window_there_is(api: Callers, body: dict[str, Any]) -> None:
    last = {"starts_at": "2199-12-31T22:00:00Z", "ends_at": "2199-12-31T23:00:00Z"}
    assert api.ours.post("bookings/", {**body, **last}).status_code == 201


def test_before_the_module_flies_and_after(api: Callers, world: World, body: dict[str, Any]) -> None:
    world.module.phases.filter(kind="docked").delete()
    problem(api.ours.post("bookings/", body), 400, "outside_phase")


def test_an_activity_that_the_rules_forbid(api: Callers, body: dict[str, Any]) -> None:
    rules = FlightRules.objects.get(phase__kind="docked")
    ZoneRule.objects.create(rules=rules, zone=Zone.objects.get(slug="arena"), activities=["music"])
    problem(api.ours.post("bookings/", body), 400, "activity_not_allowed")


def test_a_closed_module(api: Callers, world: World, body: dict[str, Any]) -> None:
    Closure.objects.create(module=world.module, kind="reboost", starts_at=WINDOW.starts_at, ends_at=WINDOW.ends_at)
    problem(api.ours.post("bookings/", body), 400, "closed")


def test_nothing_is_priced_without_a_card(api: Callers, body: dict[str, Any]) -> None:
    RateCard.objects.all().delete()
    problem(api.ours.post("quotes/", body), 409, "not_priced")


def test_taken_time(api: Callers, world: World, body: dict[str, Any]) -> None:
    world.reserve(WINDOW, by=world.theirs)
    document = problem(api.ours.post("bookings/", {**body, "status": "requested"}), 409, "slot_taken")
    assert isinstance(document["alternatives"], list)
    for rank in (2, 3):
        assert api.ours.post("bookings/", body).json()["hold_rank"] == rank
    problem(api.ours.post("bookings/", body), 409, "hold_ranks_full")


def test_over_capacity(api: Callers, world: World, body: dict[str, Any]) -> None:
    world.reserve(WINDOW, by=world.theirs, crew=5)
    problem(api.ours.post("bookings/", {**body, "zones": ["studio"], "crew": 2}), 409, "over_capacity")


def test_a_transition_that_there_is_not(api: Callers, body: dict[str, Any]) -> None:
    said = api.ours.post("bookings/", body).json()
    problem(api.ours.post(f"bookings/{said['id']}/challenge/", if_match="*"), 409, "invalid_transition")
    api.ours.post(f"bookings/{said['id']}/release/", if_match="*")
    for action in ("request", "cancel", "release", "challenge"):
        problem(api.ours.post(f"bookings/{said['id']}/{action}/", if_match="*"), 409, "invalid_transition")
    problem(api.ours.patch(f"bookings/{said['id']}/", {"crew": 1}, if_match="*"), 409, "invalid_transition")


def test_what_is_somebody_elses_is_not_there(api: Callers, world: World, body: dict[str, Any]) -> None:
    theirs = world.reserve(WINDOW, by=world.theirs)
    unknown = "00000000-0000-4000-8000-000000000000"
    answers = {}
    for pk in (theirs.pk, unknown):
        answers[pk] = [api.ours.get(f"bookings/{pk}/"), api.ours.get(f"bookings/{pk}/history/")]
        answers[pk].append(api.ours.patch(f"bookings/{pk}/", {"crew": 1}, if_match="*"))
        answers[pk].append(api.ours.patch(f"bookings/{pk}/", {"crew": 1}))
        for action in ("request", "confirm", "decline", "cancel", "release", "challenge"):
            answers[pk].append(api.ours.post(f"bookings/{pk}/{action}/", if_match="*"))
    answers["production"] = [
        api.ours.post("bookings/", {**body, "production": str(world.theirs.production.pk)}),
        api.ours.post("quotes/", {**body, "production": unknown}),
        api.ours.get(f"productions/{world.theirs.production.pk}/"),
    ]
    for response in (response for group in answers.values() for response in group):
        problem(response, 404, "not_found")
    said = [[r.json()["detail"] for r in answers[pk]] for pk in (theirs.pk, unknown)]
    assert said[0] == said[1], "nothing tells another's booking from none"
    assert api.ours.get("bookings/").json()["results"] == []
    filtered = api.ours.get("bookings/", {"production": str(world.theirs.production.pk)})
    assert filtered.json()["results"] == []
    mine = api.ours.post("bookings/", body).json()
    moved = api.ours.patch(
        f"bookings/{mine['id']}/", {"production": str(world.theirs.production.pk)}, if_match=mine["etag"]
    )
    problem(moved, 404, "not_found")


@pytest.fixture
def held(api: Callers, body: dict[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = api.ours.post("bookings/", body).json()
    return said


@pytest.mark.parametrize(
    ("header", "status", "code"),
    [
        (None, 428, "version_required"),
        ("{weak}", 412, "stale_version"),
        ('"somebody-elses"', 412, "stale_version"),
        ("nonsense", 412, "stale_version"),
        ('"other", {etag}', 200, None),
        ("{etag}", 200, None),
        ("*", 200, None),
    ],
)
@pytest.mark.parametrize("verb", ["patch", "release"])
def test_if_match(api: Callers, held: dict[str, Any], header: str | None, status: int, code: str, verb: str) -> None:
    etag = held["etag"]
    headers = {} if header is None else {"if_match": header.replace("{weak}", f"W/{etag}").replace("{etag}", etag)}
    address = f"bookings/{held['id']}/"
    if verb == "patch":
        response = api.ours.patch(address, {"crew": 1}, **headers)
    else:
        response = api.ours.post(f"{address}release/", **headers)
    assert response.status_code == status
    if code:
        problem(response, status, code)
        assert Booking.objects.get().version == 1


def test_a_version_that_others_changed_meanwhile(api: Callers, held: dict[str, Any]) -> None:
    api.ours.patch(f"bookings/{held['id']}/", {"crew": 1}, if_match=held["etag"])
    problem(api.ours.post(f"bookings/{held['id']}/cancel/", if_match=held["etag"]), 412, "stale_version")


def test_304_for_what_one_has(api: Callers, held: dict[str, Any]) -> None:
    for address in (f"bookings/{held['id']}/", "bookings/", "modules/see-1/phases/", "places/"):
        read = api.ours.get(address)
        again = api.ours.get(address, if_none_match=read.headers["ETag"])
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == read.headers["ETag"]
    api.ours.patch(f"bookings/{held['id']}/", {"crew": 1}, if_match="*")
    assert api.ours.get(f"bookings/{held['id']}/", if_none_match=held["etag"]).status_code == 200


def followed(api: Callers, address: str, to: str) -> list[list[str]]:
    """The ids on the page at `address` and on those that `to` leads to."""
    pages = []
    while address:
        page = api.ours.get(address).json()
        pages.append([row["id"] for row in page["results"]])
        address = page[to]
    return pages


@pytest.fixture
def eight(world: World) -> list[str]:
    """Five days, and three bookings that start together: those stand in the order of their ids."""
    apart = [world.reserve(span(f"03-{day} 10:00")) for day in range(10, 15)]
    together = [world.reserve(span("03-20 10:00"), zones=(zone,)) for zone in ("arena", "studio", "control")]
    return [str(booking.pk) for booking in (*apart, *sorted(together, key=lambda b: b.pk))]


def test_pages_there_and_back(api: Callers, eight: list[str]) -> None:
    there = followed(api, "bookings/?page_size=3", "next")
    assert there == [eight[:3], eight[3:6], eight[6:]]
    last = "bookings/?page_size=3"
    while following := api.ours.get(last).json()["next"]:
        last = following
    assert followed(api, last, "previous") == there[::-1]


def test_pages_hold_still_while_rows_come(api: Callers, world: World, eight: list[str]) -> None:
    first = api.ours.get("bookings/", {"page_size": 3}).json()
    for hour in (1, 5, 9):  # all before what is read already: a page by number would show rows again
        world.reserve(span(f"03-09 0{hour}:00"))
    assert [row["id"] for row in first["results"]] == eight[:3]
    assert followed(api, first["next"], "next") == [eight[3:6], eight[6:]]


FILTERS = [
    ({}, ["a", "b", "c"]),
    ({"from": "2027-03-11T00:00:00Z"}, ["b", "c"]),
    ({"from": "2027-03-10T12:00:00Z"}, ["b", "c"]),
    ({"to": "2027-03-11T10:00:00Z"}, ["a"]),
    ({"from": "2027-03-10T11:00:00Z", "to": "2027-03-11T11:00:00Z"}, ["a", "b"]),
    ({"status": "requested"}, ["b"]),
    ({"status": ["held", "requested"]}, ["a", "b", "c"]),
    ({"zone": "studio"}, ["a", "c"]),
    ({"zone": ["arena", "studio"]}, ["a", "b", "c"]),
    ({"zone": "control"}, []),
    ({"module": "see-1"}, ["a", "b", "c"]),
    ({"module": "see-2"}, []),
]


def test_filters(api: Callers, world: World, subtests: pytest.Subtests) -> None:
    made = {
        "a": world.reserve(span("03-10 10:00"), zones=("arena", "studio")),
        "b": world.reserve(span("03-11 10:00"), status=Status.REQUESTED),
        "c": world.reserve(span("03-12 10:00"), zones=("studio",)),
    }
    names = {str(booking.pk): name for name, booking in made.items()}
    for asked, found in FILTERS:
        with subtests.test(asked=asked):
            results = api.ours.get("bookings/", asked).json()["results"]
            assert [names[row["id"]] for row in results] == found
            of_it = api.ours.get("bookings/", {"production": str(world.ours.production.pk), **asked})
            assert of_it.json()["results"] == results


def test_staff_see_all_and_members_their_own(api: Callers, world: World) -> None:
    world.reserve(WINDOW)
    world.reserve(span("03-11 10:00"), by=world.theirs)
    counts = [len(caller.get("bookings/").json()["results"]) for caller in (api.ours, api.theirs, api.staff)]
    assert counts == [1, 1, 2]


def test_lists_ask_the_database_a_fixed_number_of_times(
    api: Callers, world: World, django_assert_max_num_queries: Any
) -> None:
    api.ours.get("places/")  # the key's last use is written now, and not again for a minute
    world.reserve(span("03-10 10:00"), zones=("arena", "studio"))
    with django_assert_max_num_queries(3):
        api.ours.get("bookings/")
    for day in range(11, 20):
        world.reserve(span(f"03-{day} 10:00"), zones=("arena", "studio"))
    with django_assert_max_num_queries(3):
        assert len(api.ours.get("bookings/").json()["results"]) == 10


def test_a_viewer_looks_and_does_no_more(api: Callers, world: World, body: dict[str, Any]) -> None:
    booking = world.reserve(WINDOW)
    viewer = User.objects.create_user("viewer@aurora.example", "a long enough password")
    Membership.objects.create(organisation=world.ours.organisation, user=viewer, role=Role.VIEWER)
    caller = Caller()
    caller.client.force_login(viewer)
    assert caller.get(f"bookings/{booking.pk}/").status_code == 200
    for refused in (
        caller.post("bookings/", body),
        caller.post("quotes/", body),
        caller.post("productions/", {"title": "Night", "activity": "music"}),
        caller.patch(f"bookings/{booking.pk}/", {"crew": 1}, if_match="*"),
        caller.post(f"bookings/{booking.pk}/release/", if_match="*"),
    ):
        problem(refused, 403, "permission_denied")


def test_a_quote_has_no_effect(api: Callers, body: dict[str, Any]) -> None:
    said = api.ours.post("quotes/", {**body, "crew": 1})
    assert said.status_code == 200
    made = api.ours.post("bookings/", {**body, "crew": 1}).json()
    assert said.json() == made["price"]
    assert Booking.objects.count() == 1


def test_another_module_has_its_own_zones(api: Callers, world: World, body: dict[str, Any]) -> None:
    document = problem(api.ours.post("bookings/", {**body, "module": "see-2"}), 400, "unknown_module")
    assert document["errors"][0]["field"] == "module"
    said = api.ours.post("bookings/", {**body, "module": "see-1"}).json()
    assert said["module"] == "see-1"


def test_a_lapsed_hold_says_so(api: Callers, world: World, clock: Any) -> None:
    booking = world.reserve(WINDOW)
    clock.move_to(booking.hold_expires_at)
    problem(api.ours.post(f"bookings/{booking.pk}/request/", if_match="*"), 409, "invalid_transition")
    lifecycle.expire_due(at=booking.hold_expires_at)
    lines = api.ours.get(f"bookings/{booking.pk}/history/").json()["results"]
    assert lines[-1]["to"] == "expired"
    assert booking.hold_expires_at > NOW
