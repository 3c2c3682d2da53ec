"""Values in words: numbers are told apart, dates are as precise as they were told."""

from __future__ import annotations

import polars as pl
import pytest

from groundbreak.history.claims import CLAIM_SCHEMA
from groundbreak.history.wording import worded


@pytest.mark.parametrize(("number", "words"), [
    (1234567.5, "1,234,567.5"), (1234567.25, "1,234,567.25"), (0.1 + 0.2, "0.3"), (0.5, "0.5"),
    (1200000.0, "1,200,000"), (0.0, "0"), (-1500.75, "-1,500.75"), (10.0**15, f"{10**15:,}"),
    (123456789012.75, "123,456,789,013"), (1234567890123.5, "1,234,567,890,124"),
])
def test_a_number_is_shown_to_twelve_digits(number: float, words: str) -> None:
    claims = pl.DataFrame([{"value_number": number}], schema=CLAIM_SCHEMA)
    assert claims.select(said=worded())["said"].to_list() == [words]
