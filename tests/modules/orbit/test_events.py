import pytest

from modules.orbit.events import event_kind

KINDS = {
    "79P Launch": "launch",
    "79P Docking": "docking",
    "80P Arrivals": "docking",
    "NG-17 Arrival": "docking",
    "NG-17 Capture": "docking",
    "SpX Crew-2 Undock": "undocking",
    "SpX-25 Undocking": "undocking",
    "NG-17 Departure": "undocking",
    "HTV-X1 Unberth": "undocking",
    "GMT057 Reboost": "reboost",
    "NG-17 Reboost Test": "reboost",
    "ISS PDAM": "reboost",
    "Debris Avoidance": "reboost",
    "US EVA-84": "eva",
    "RS EVA 52": "eva",
    "66S Relocation": "other",
    "SpX Crew-2 Splashdown": "other",
    "80P Deorbit Burn": "other",
    "Solar array test": "other",
}


@pytest.mark.parametrize(("name", "kind"), KINDS.items())
def test_kind_by_name(name, kind):
    assert event_kind(name) == kind
