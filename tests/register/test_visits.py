"""Visits: each person's own, the newest counts."""

from __future__ import annotations

from datetime import date

import pytest

from groundbreak.register import visits
from groundbreak.register.visits import Seen


def test_the_newest_visit_of_each_person_counts(register: str) -> None:
    assert visits.last("ann") is None
    visits.note("ann", Seen(10, date(2025, 1, 1)))
    visits.note(" ann ", Seen(20, date(2025, 2, 1)))
    visits.note("ben", Seen(5, date(2024, 1, 1)))
    assert visits.last("ann") == Seen(20, date(2025, 2, 1))
    assert visits.last("ben") == Seen(5, date(2024, 1, 1))


@pytest.mark.parametrize("who", ["", "  ", "x" * 121])
def test_a_name_is_needed(register: str, who: str) -> None:
    with pytest.raises(ValueError, match="1 to 120 characters"):
        visits.last(who)
