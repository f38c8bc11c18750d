"""The demo: everybody and everything in it, once, and nowhere else; its mail readable in the browser."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import LazySettings
from django.core.mail import EmailMessage
from django.core.management import CommandError, call_command
from django.test import Client

from bookings.demo import load_demo
from bookings.demo.people import PASSWORD as DEMO_PASSWORD
from bookings.keys import hash_key
from bookings.models import ApiKey, Booking, Mail, Organisation, Production, User
from bookings.states import Status
from bookings.web.accounts import DEMO_LOG_INS
from modules.models import Activity, Closure
from see1.demo_mail import DemoMailBackend
from tests.world import NOW

# Every day of the week, a week's end, a change of the clocks, a year's end, a leap day, both phases.
MOMENTS = [
    datetime(2026, 11, 22, 0, 0, tzinfo=UTC),  # Sunday
    datetime(2026, 11, 27, 4, 50, tzinfo=UTC),  # Friday
    datetime(2026, 12, 31, 18, 45, tzinfo=UTC),  # Thursday
    datetime(2027, 3, 27, 23, 59, 59, tzinfo=UTC),  # Saturday
    datetime(2027, 12, 15, 9, 30, tzinfo=UTC),  # Wednesday
    datetime(2028, 1, 31, 12, 0, tzinfo=UTC),  # Monday
    datetime(2028, 2, 29, 13, 5, tzinfo=UTC),  # Tuesday
]


@pytest.fixture
def demo(settings: LazySettings, tmp_path: Path, db: None) -> Path:
    settings.DEBUG, settings.DEMO, settings.DEMO_MAIL_DIR = True, True, tmp_path / "mail"
    settings.ALLOWED_HOSTS = ["*"]
    return tmp_path / "mail"


def log_in(address: str) -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": address, "password": DEMO_PASSWORD})
    return client


def test_refused_where_the_demo_is_not(settings: LazySettings, db: None) -> None:
    for debug, demo in ((False, True), (True, False)):
        settings.DEBUG, settings.DEMO = debug, demo
        with pytest.raises(CommandError, match="known to everybody"):
            call_command("load_demo")
    assert not User.objects.exists()


def test_people_productions_and_keys(demo: Path) -> None:
    load_demo(at=NOW)
    for address, _ in DEMO_LOG_INS:
        assert log_in(address).get("/").status_code == 200
    staff = User.objects.get(email="staff@demo.see1.example")
    assert staff.is_staff
    assert staff.is_superuser
    for organisation in Organisation.objects.all():
        assert {p.activity for p in organisation.productions.all()} == set(Activity.values)
    scopes = {
        name: (ApiKey.objects.get(sha256=hash_key(f"see1_demo_{name}"))) for name in ("producer", "rival", "staff")
    }
    assert all(set(key.scopes) == {"read", "book"} for key in scopes.values())
    assert scopes["staff"].organisation is None
    readonly = ApiKey.objects.get(sha256=hash_key("see1_demo_partner_readonly"))
    assert (readonly.scopes, readonly.organisation) == (["read"], scopes["producer"].organisation)


@pytest.mark.parametrize("moment", MOMENTS, ids=str)
def test_there_is_something_of_everything_whatever_the_day(moment: datetime, demo: Path) -> None:
    with time_machine.travel(moment, tick=False):
        load_demo(at=moment)
    assert set(Booking.objects.values_list("status", flat=True)) == set(Status.values)
    assert set(Booking.objects.filter(status="held").values_list("rank", flat=True)) == {1, 2, 3}
    assert set(Closure.objects.values_list("kind", flat=True)) == set(Closure.Kind.values)
    assert Booking.objects.filter(attention__contains=["closure"]).exists()
    assert Booking.objects.filter(status="held", hold_expires_at__gt=moment, challenges_met__outcome="open").exists()
    assert not Booking.objects.expired_holds(moment).exists()
    due = Mail.objects.filter(state="pending", due_at__lte=moment)
    assert due.exists(), "the demo's mail has something to show"
    assert all(mail.due_at > moment - timedelta(hours=36) for mail in due), "old mail is not sent now"
    assert len(free_days(moment)) >= 43, "wide stretches stay free"


def free_days(moment: datetime) -> set[date]:
    """Of the tenth day to the sixtieth from now."""
    days = {(moment + timedelta(days=ahead)).date() for ahead in range(10, 60)}
    for starts_at, ends_at in Booking.objects.active().values_list("starts_at", "ends_at"):
        days -= {starts_at.date() + timedelta(days=n) for n in range((ends_at.date() - starts_at.date()).days + 1)}
    return days


def test_loading_it_again_leaves_it_as_it_is(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def content() -> tuple[Any, ...]:
        return tuple(list(model.objects.order_by("pk").values()) for model in (Booking, Production, User, Closure))

    with time_machine.travel(NOW, tick=False):
        call_command("load_demo")
        before = content()
        Booking.objects.filter(status="held").first()
        call_command("load_demo")
    assert content() == before
    assert "there already" in capsys.readouterr().out


def test_every_page_of_the_demo_has_something_to_show(demo: Path) -> None:
    with time_machine.travel(NOW, tick=False):
        load_demo(at=NOW)
        client = log_in("producer@demo.see1.example")
        home = client.get("/").text
        for words in ("Challenged: request", "Needs a look", "Next windows", "Holds ending", "Closures within"):
            assert words in home
        assert "None." not in home
        for booking in Booking.objects.filter(organisation__name="Halcyon Pictures"):
            assert client.get(f"/bookings/{booking.pk}/").status_code == 200


# Its mail


def send(subject: str = "Hello", body: str = "Look at http://127.0.0.1:8000/bookings/. <b>Now</b>") -> None:
    message = EmailMessage(subject, body, "SEE-1 <bookings@see1.example>", ["Ägypten <you@example.org>"])
    assert DemoMailBackend().send_messages([message]) == 1


def test_what_would_be_sent_is_readable_newest_first(demo: Path) -> None:
    send("First – ünïcode")
    send("Second")
    page = Client().get("/demo/mail/").text
    assert page.index("Second") < page.index("First – ünïcode")
    name = sorted(path.name for path in demo.iterdir())[-1]
    letter = Client().get(f"/demo/mail/{name}/").text
    assert '<a href="http://127.0.0.1:8000/bookings/">' in letter
    assert "&lt;b&gt;Now&lt;/b&gt;" in letter
    assert "Ägypten" in letter


def test_nothing_half_written_is_shown(demo: Path) -> None:
    send()
    (demo / "1-half.new").write_bytes(b"Subject: half")
    assert [path.suffix for path in demo.iterdir()].count(".eml") == 1
    assert "half" not in Client().get("/demo/mail/").text


def test_an_empty_box_says_so(demo: Path) -> None:
    assert "Nothing yet" in Client().get("/demo/mail/").text


@pytest.mark.parametrize("name", ["nothing.eml", "..%2f..%2fetc%2fpasswd", "x.new", "%2e%2e.eml", "a" * 500 + ".eml"])
def test_only_a_mail_can_be_read(name: str, demo: Path) -> None:
    send()
    assert Client().get(f"/demo/mail/{name}/").status_code == 404


def test_outside_the_demo_nobody_reads_mail(demo: Path, settings: LazySettings) -> None:
    send()
    settings.DEBUG = False
    assert Client().get("/demo/mail/").status_code == 404
