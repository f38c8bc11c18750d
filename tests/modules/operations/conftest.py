"""SEE-1, without any booking."""

import pytest

from modules.models import Module
from modules.operations.founding import found_module, see1_facts
from tests.world import NOW


@pytest.fixture
def module(db: None) -> Module:
    return found_module(see1_facts(), at=NOW)[0]
