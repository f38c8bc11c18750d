"""Why nothing can be had: what is said is true of this search, and a button always leads to windows."""

import json
import re
from html import unescape
from urllib.parse import urlencode

from django.test import Client

from modules.models import Closure
from tests.world import World, span

WEEK = "/search/?activity=filming&duration=2+hours&start=2027-03-10&end=2027-03-16&step=30"
BUTTON = re.compile(r'class="button[^"]*"\s+href="(/search/\?[^"]+)"')


def shut(world: World, hours: float = 8 * 24) -> None:
    closed = span("03-10 00:00", hours)
    Closure.objects.create(module=world.module, kind="eva", starts_at=closed.starts_at, ends_at=closed.ends_at)


def test_every_button_leads_to_windows(world: World, ours: Client) -> None:
    world.reserve(span("03-10 00:00", 8 * 24), zones=("studio",), by=world.theirs)
    page = unescape(ours.get(f"{WEEK}&crew_awake=on&zones=studio").text)
    assert "No window satisfies all of this" in page
    buttons = BUTTON.findall(page)
    assert buttons
    for address in buttons:
        assert "can be had" in ours.get(address).text, address


def test_a_closure_of_all_zones_is_not_met_by_other_zones(world: World, ours: Client) -> None:
    shut(world)
    page = ours.get(f"{WEEK}&zones=studio").text
    assert "Look in every zone" not in page


def test_where_no_one_change_is_enough_the_fewest_are_offered_together(world: World, ours: Client) -> None:
    shut(world)
    page = unescape(ours.get(f"{WEEK}&crew=9").text)
    assert "No one change is enough." in page
    address, *others = BUTTON.findall(page)
    assert not others
    assert "crew=6" in address.split("&"), "the crew that there is, rather than none"
    assert "can be had" in ours.get(address).text


def test_too_much_is_brought_down_to_what_the_module_has(world: World, ours: Client) -> None:
    world.reserve(span("03-10 10:00"), by=world.theirs, crew=1)
    page = unescape(ours.get(f"{WEEK}&zones=studio&crew=8").text)
    assert "8 crew where there is 6" in page
    assert "With what others have asked for" in page, "two reasons, which one button undoes"
    assert "Ask for 6 crew" in page
    (address,) = BUTTON.findall(page)
    assert "crew=6" in address.split("&")
    assert "can be had" in ours.get(address).text


def test_what_others_leave_is_offered_to_the_last_of_it(world: World, ours: Client) -> None:
    world.reserve(span("03-10 00:00", 8 * 24), by=world.theirs, crew=2)
    page = unescape(ours.get(f"{WEEK}&zones=studio&crew=6&power_kw=1").text)
    assert "Ask for 4 crew" in page
    (address,) = BUTTON.findall(page)
    assert {"crew=4", "power_kw=1"} <= set(address.split("&"))
    assert "can be had" in ours.get(address).text


def test_a_search_of_the_past_promises_none_of_it_and_leads_to_what_is_ahead(ours: Client) -> None:
    page = unescape(ours.get(f"{WEEK.replace('2027-03-1', '2027-02-1')}&crew_awake=on").text)
    assert "No window satisfies all of this" in page
    assert "Without this" not in page
    (address,) = BUTTON.findall(page)
    assert {"start=2027-03-01", "end=2027-03-31"} <= set(address.split("?")[1].split("&"))
    assert "can be had" in ours.get(address).text


def test_what_can_be_had_alone_is_not_said_to_be_missing(world: World, ours: Client) -> None:
    shut(world, 7 * 24 - 2)  # the two hours left are too few for a night and the crew's day both
    page = unescape(ours.get(f"{WEEK}&lighting=night&lighting_min=20+minutes&crew_awake=on").text)
    assert "20 minutes of unbroken night can be had, but in no window together with the rest." in page
    assert "No window has 20 minutes of unbroken night" not in page


def test_live_without_a_downlink_is_said_before_one_says_yes(ours: Client) -> None:
    asked = "/bookings/new/?zones=studio&activity=filming&starts_at=2027-03-10T10:00Z&ends_at=2027-03-11T10:00Z"
    said = "It asks to be live without a break, but for a downlink of 0 Mbit/s"
    live = {"downlink_min": "PT5M"}
    for conditions, downlink, is_said in ((live, 0, True), (live, 40, False), ({}, 0, False)):
        fields = urlencode({"conditions": json.dumps(conditions), "downlink_mbps": downlink})
        assert (said in ours.get(f"{asked}&{fields}").text) == is_said


def test_crew_asked_for_while_it_sleeps_is_said_before_one_says_yes(ours: Client) -> None:
    asked = "/bookings/new/?zones=studio&activity=filming&starts_at=2027-03-10T{}Z&ends_at=2027-03-11T{}Z&crew={}"
    said = "The crew sleeps in part of this window."
    assert said in ours.get(asked.format("22:30", "00:45", 2)).text
    assert said not in ours.get(asked.format("22:30", "00:45", 0)).text


def test_what_two_reasons_have_in_common_is_said_once(ours: Client) -> None:
    soon = "/search/?activity=filming&duration=2+hours&start=2027-03-05&end=2027-03-08&step=30"
    page = unescape(ours.get(f"{soon}&lighting=night&lighting_min=90&downlink_min=115&place=rome&pass_min=30").text)
    assert len(re.findall('class="reason[ "]', page)) >= 3
    assert page.count("The clock here is a stand-in’s and not known") == 1


def test_nobody_is_told_to_do_without_the_lead_time(ours: Client) -> None:
    page = unescape(ours.get("/search/?activity=filming&duration=2+hours&start=2027-03-01&end=2027-03-01&step=30").text)
    assert "Search the next" in page or "further" in page
    assert "Without this" not in page
    assert "Alone it rules out" in page
