"""The command that says how real elements age."""

import re

import pytest
from django.core.management import CommandError, call_command

from tests.modules.orbit.shared_data import SHARED_DATA

needs_data = pytest.mark.skipif(not SHARED_DATA.is_dir(), reason=f"the real data is not at {SHARED_DATA}")


@pytest.mark.acceptance
@needs_data
def test_317_real_sets_keep_every_promise(capsys):
    call_command("element_errors", str(SHARED_DATA / "iss-2026-02-to-05.tle"))
    said = capsys.readouterr().out
    assert said.startswith("317 element sets\n")
    assert [float(share) for share in re.findall(r"([\d.]+)%$", said, re.MULTILINE)] == pytest.approx(
        [99, 100, 100], abs=1
    )
    assert "Every promise is kept" in said


@pytest.mark.acceptance
@needs_data
def test_elements_that_do_not_keep_them_are_told(monkeypatch):
    monkeypatch.setattr("modules.management.commands.element_errors.KEPT", 1.01)
    with pytest.raises(CommandError, match="Fewer than 101%"):
        call_command("element_errors", str(SHARED_DATA / "iss-2026-02-to-05.tle"))


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"1 25544U"])
def test_a_file_that_cannot_be_used_is_one_line(tmp_path, content):
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(CommandError) as refusal:
        call_command("element_errors", str(tmp_path / "file"))
    assert "\n" not in str(refusal.value)
