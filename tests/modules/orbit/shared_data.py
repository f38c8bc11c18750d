"""Where the real data stands: beside the checkout, or wherever SEE1_SHARED_DATA says."""

import os
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[3]
SHARED_DATA = Path(os.environ.get("SEE1_SHARED_DATA") or CHECKOUT.parent / "shared" / "data")

acceptance = [
    pytest.mark.acceptance,
    pytest.mark.skipif(not SHARED_DATA.is_dir(), reason=f"the real data is not at {SHARED_DATA}"),
]
"""Marks of a test module that reads the real data."""
