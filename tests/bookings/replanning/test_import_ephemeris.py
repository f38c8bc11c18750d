"""`manage.py import_ephemeris`: what it prints, what it refuses, and what it does to bookings."""

from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command

from bookings.models import Booking, WebhookDelivery
from bookings.webhooks import add_endpoint
from modules.models import Closure, EphemerisFile
from tests.modules.operations.ephemeris_text import gmt, oem
from tests.world import NOW, World, span

FIRST = {"81P Docking": "069 10:00", "SpX-9 Undock": "072 09:00"}


@pytest.fixture
def run(world: World, tmp_path: Path):
    def _run(*files: tuple[str, bytes], **options: str) -> tuple[list[str], list[str], int]:
        for name, content in files:
            (tmp_path / name).write_bytes(content)
        out, err, code = StringIO(), StringIO(), 0
        with time_machine.travel(gmt("2027-068 00:00"), tick=False):
            try:
                paths = [str(tmp_path / name) for name, _ in files]
                call_command("import_ephemeris", *paths, stdout=out, stderr=err, **options)
            except SystemExit as leaving:
                code = int(leaving.code or 0)
        return out.getvalue().splitlines(), err.getvalue().splitlines(), code

    return _run


def test_it_says_what_it_loaded_one_line_an_event_kind(run) -> None:
    out, err, code = run(("a.oem", oem("2027-060", FIRST)))
    assert (err, code) == ([], 0)
    assert out == [
        "a.oem: ISS, 2027/060 00:00 to 2027/075 00:00 GMT, made 2027/060 00:00 GMT",
        "docking: 1 new",
        "undocking: 1 new",
        "bookings: No booking is affected.",
    ]
    out, _, _ = run(("b.oem", oem("2027-062", {"81P Docking": "070 10:00", "EVA-84": "071 10:00"})))
    assert out[1:4] == ["docking: 1 moved", "eva: 1 new", "undocking: 1 vanished"]
    assert out[4].startswith("review: SpX-9 Undock 2027/072 09:00: It is no longer in b.oem.")
    out, _, code = run(("b.oem", oem("2027-062", {"81P Docking": "070 10:00", "EVA-84": "071 10:00"})))
    assert (len(out), code) == (1, 0)
    assert "already loaded" in out[0]


def test_several_are_loaded_oldest_first_and_each_alone(run, world: World) -> None:
    newer = ("newer.oem", oem("2027-062", FIRST | {"81P Docking": "070 10:00"}))
    out, err, code = run(newer, ("older.oem", oem("2027-060", FIRST)), ("bad.oem", b"hello"))
    assert [line.split(":")[0] for line in out if ".oem: " in line] == ["older.oem", "newer.oem"]
    assert err == ["bad.oem: The ephemeris cannot be read: it is not a CCSDS OEM."]
    assert code == 1
    assert set(EphemerisFile.objects.values_list("name", flat=True)) == {"older.oem", "newer.oem"}
    assert Closure.objects.get(note="81P Docking").starts_at == gmt("2027-070 07:00")


def test_bookings_in_the_way_are_flagged_and_cleared_with_the_slip(run, world: World) -> None:
    booking = world.reserve(span("03-10 10:00"), at=NOW)
    out, _, _ = run(("a.oem", oem("2027-060", FIRST)))
    assert out[-1] == "bookings: 1 booking flagged for attention."
    assert Booking.objects.get(pk=booking.pk).attention == ["closure"]
    out, _, _ = run(("b.oem", oem("2027-062", FIRST | {"81P Docking": "070 10:00"})))
    assert out[-1] == "bookings: 1 booking cleared of it."


def test_a_missing_file_and_a_missing_module(run, world: World, tmp_path: Path) -> None:
    err = StringIO()
    with pytest.raises(SystemExit):
        call_command("import_ephemeris", str(tmp_path / "none.oem"), stderr=err)
    assert err.getvalue() == "none.oem cannot be read: No such file or directory.\n"
    with pytest.raises(CommandError, match=r"no module “see-9”.*see-1"):
        run(("a.oem", oem("2027-060", FIRST)), module="see-9")
    assert not EphemerisFile.objects.exists()


def test_partners_are_told_of_the_closures_that_an_ephemeris_brings(run, world: World) -> None:
    add_endpoint(organisation=world.theirs.organisation, url="https://theirs.example/", events=[], at=NOW)
    run(("a.oem", oem("2027-060", FIRST)))
    run(("b.oem", oem("2027-062", FIRST | {"81P Docking": "070 10:00"})))
    starts = [delivery.payload["data"]["starts_at"] for delivery in WebhookDelivery.objects.order_by("pk")]
    closures = Closure.objects.order_by("starts_at")
    assert len(starts) == len(closures) + 1 > 1, "each as it came, and the one that moved"
    assert starts[-1] == "2027-03-11T07:00:00Z"


def test_a_dry_run_prints_what_each_booking_would_meet_and_changes_nothing(world: World, run) -> None:
    hit, _ = world.reserve(span("03-10 10:00")), world.reserve(span("03-20 10:00"))
    out, err, code = run(("a.oem", oem("2027-060", FIRST)), dry_run=True)
    assert (err, code) == ([], 0)
    assert "bookings: 1 booking flagged for attention." in out
    told = next(line for line in out if line.startswith(hit.reference))
    assert "Aurora Pictures, 2027/069 10:00 GMT: flagged for attention. Closed from" in told
    assert out[-1] == "dry run: nothing was changed."
    assert not EphemerisFile.objects.exists()
    assert Booking.objects.get(pk=hit.pk).attention == []
