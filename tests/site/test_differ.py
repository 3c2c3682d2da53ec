"""How we differ: published counts beside ours, each of which opens; what they leave unexplained."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import polars as pl

from groundbreak.measures.published import intervals
from groundbreak.register import standing
from groundbreak.starter import reference
from tests.site.opening import assert_opens, main, numbers


def test_every_number_opens(client: Any) -> None:
    assert_opens(client, main(client, "/how-we-differ/"), least=20)


def test_ours_is_as_known_on_the_day_they_published(client: Any) -> None:
    text = main(client, "/how-we-differ/")
    days = {parse_qs(urlsplit(link).query).get("as_of", [""])[0] for link, _n in numbers(text)}
    assert {"2026-06-15", "2025-11-04", "2024-11-14", "2024-04-17"} <= days
    then = standing.current().reader.as_of("2025-11-04").projects().filter("counted")
    committed = then.filter(pl.col("label").is_in(["at_fid", "operating"])).height
    row = text.split("4 Nov 2025")[1].split("</tr>")[0]
    ours = re.findall(r'<td class="num">144</td><td class="num"><a [^>]*>(\d+)', row)
    assert [int(n) for n in ours] == [committed]


def test_residuals_are_shown_as_computed(client: Any) -> None:
    text = main(client, "/how-we-differ/")
    steps = intervals(reference.tracker_history())
    shown = re.findall(r'(?:about )?([+−]?\d+)</td></tr>', text.split("add up?")[1].split(
        "</table>")[0])
    assert [int(n.replace("−", "-")) for n in shown] == steps["residual"].to_list() == [
        18, -10, -1, -2]


def test_nothing_published_later_is_shown(client: Any) -> None:
    text = main(client, "/how-we-differ/", as_of="2024-10-01")
    assert "17 Apr 2024" in text
    assert "Nov 2024" not in text
    assert "eurometal.net</td>" not in text
    early = main(client, "/how-we-differ/", as_of="2020-01-01")
    assert "No other tracker had published a count" in early
    assert all("as_of=2020-01-01" in link for link, _n in numbers(early)), "ours, as known then"
