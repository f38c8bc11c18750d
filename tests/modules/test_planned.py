"""A statement that is planned once answers as one that is planned each time, on whatever connection."""

from __future__ import annotations

import pytest
from django.db import OperationalError, connection, transaction

from modules.planned import WRITES, planned, send

pytestmark = pytest.mark.django_db

SQL = "SELECT n, '%%' FROM generate_series(%s::int, %s::int) AS n WHERE n <> ALL(%s)"


def known() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_prepared_statements ORDER BY name")
        return [row[0] for row in cursor.fetchall()]


def test_it_is_planned_once_and_answers_each_time() -> None:
    before = known()
    assert send(planned(SQL), [1, 4, [2]]) == [(1, "%"), (3, "%"), (4, "%")]
    assert send(planned(SQL), [7, 8, [2]]) == [(7, "%"), (8, "%")]
    (own,) = set(known()) - set(before)
    assert planned(SQL).startswith(f"EXECUTE {own}(")


def test_what_writes_says_so_for_the_audit() -> None:
    assert planned("INSERT INTO bookings_calendarfeed DEFAULT VALUES").startswith(WRITES)
    assert planned("UPDATE modules_module SET name = name WHERE id = %s").startswith(WRITES)
    assert not planned("SELECT 1").startswith(WRITES)


def test_a_pool_that_gives_connections_to_others_is_sent_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)
    before = known()
    assert planned(SQL) == SQL
    assert send(planned(SQL), [1, 1, []]) == [(1, "%")]
    assert known() == before


def test_what_is_undone_does_not_take_the_plan_with_it() -> None:
    with transaction.atomic():
        planned("SELECT %s::int + 1")
        transaction.set_rollback(True)
    assert send(planned("SELECT %s::int + 1"), [1]) == [(2,)]


@pytest.mark.django_db(transaction=True)
def test_a_new_connection_plans_for_itself() -> None:
    assert send(planned(SQL), [1, 1, []]) == [(1, "%")]
    connection.close()
    assert send(planned(SQL), [1, 1, []]) == [(1, "%")]


@pytest.mark.django_db(transaction=True)
def test_another_kind_of_column_is_an_outage_of_a_moment() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE of_a_kind (said varchar(5))")
    try:
        assert send(planned("SELECT said FROM of_a_kind"), []) == []
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE of_a_kind ALTER said TYPE varchar(9)")
        with pytest.raises(OperationalError, match="changed a moment ago"):
            send(planned("SELECT said FROM of_a_kind"), [])
        connection.close_if_unusable_or_obsolete()  # as at the end of each request
        assert send(planned("SELECT said FROM of_a_kind"), []) == []
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE of_a_kind")
