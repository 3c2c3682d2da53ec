"""A day is written in one way at every door."""

from datetime import date

import pytest

from groundbreak.vocabulary.days import EARLIEST, LATEST, read_day


@pytest.mark.parametrize("text", [
    "", "2023", "2023-W01-1", "2023-6-30", "20230630", " 2023-06-30", "2023-06-30\n", "2023-02-30",
    "0001-01-01", "1989-12-31", "2110-01-01", "9999-12-31", "٢٠٢٣-٠٦-٣٠", "2023-06-30T00:00",
])
def test_anything_else_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match=f"YYYY-MM-DD, {EARLIEST} to {LATEST}"):
        read_day(text)


def test_a_day_up_to_the_latest_is_read() -> None:
    assert read_day("2024-02-29") == date(2024, 2, 29)
    assert (read_day(str(EARLIEST)), read_day(str(LATEST))) == (EARLIEST, LATEST)
    assert read_day("2024-02-29", date(2024, 2, 29)) == date(2024, 2, 29)
    with pytest.raises(ValueError, match="to 2024-02-28"):
        read_day("2024-02-29", date(2024, 2, 28))
