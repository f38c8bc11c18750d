"""Range expressions for exclusion constraints, and many instants read at once.

`int8range(id, id, '[]')` lets `&&` stand for "the same id" with PostgreSQL's own range classes, so that no
extension (`btree_gist`) is needed: neither the embedded server nor every managed one ships it.
"""

from datetime import UTC, datetime
from typing import Any

import numpy as np
from django.contrib.postgres.fields import BigIntegerRangeField, DateTimeRangeField
from django.db.models import Func, Value
from numpy.typing import NDArray


class IdRange(Func):
    """An id as the range that holds only it; with `&&`, equality."""

    function = "int8range"
    output_field = BigIntegerRangeField()

    def __init__(self, expression: Any) -> None:
        super().__init__(expression, expression, Value("[]"))

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        """Migrations must write our one argument, not the three that the SQL function takes."""
        return "modules.ranges.IdRange", (self.source_expressions[0],), {}


class TimeRange(Func):
    """Two instants as a half-open period."""

    function = "tstzrange"
    output_field = DateTimeRangeField()


YEAR_2000_US = int(datetime(2000, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000


def instants_us(sent: memoryview) -> NDArray[np.int64]:
    """Microseconds since 1970, from what `timestamptz_send` gives, put together: eight bytes each, since 2000."""
    return np.frombuffer(sent, dtype=">i8").astype(np.int64) + YEAR_2000_US
