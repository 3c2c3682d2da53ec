"""The bridge page: its numbers are the bridge's, it opens to its projects, and it closes."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from groundbreak.measures.bridge import bridge
from groundbreak.measures.combined import STOCKS_OF, combined
from groundbreak.measures.population import projects
from groundbreak.register import standing
from tests.site.conftest import opened

pytestmark = pytest.mark.usefixtures("contexts")

SPAN = "from=2025-03-05&to=2026-09-04"
DAYS = (date(2025, 3, 5), date(2026, 9, 4))


def text(answer: Any) -> str:
    """The page without its marks, blanks folded."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


@pytest.mark.parametrize("stock", STOCKS_OF)
def test_lines_are_those_of_the_measure(client: Any, stock: str) -> None:
    """Opening, each line, closing and the residual, as the measure counts them."""
    answer = client.get(f"/bridge/?{SPAN}&stock={stock}")
    assert answer.status_code == 200
    part = combined(bridge(standing.current().reader.history, *DAYS), STOCKS_OF[stock])
    page = answer.content.decode()
    listed = re.search(r'<ul class="bridge wide">(.*?)</ul>', page, re.S)
    assert listed is not None
    numbers = [int(n.replace("−", "-").replace("+", "")) for n in
               re.findall(r"<b>([^<]+)</b>", listed[1])]
    told = dict(part.lines.iter_rows())
    assert numbers == [part.opening, *told.values(), part.closing, 0]
    assert part.opening + sum(told.values()) == part.closing
    for line in told:
        assert f'id="{line}"' in page
        for row in part.members.filter(part.members["line"] == line).iter_rows(named=True):
            assert f"/projects/{row['project']}/" in page


def test_each_line_opens_to_exactly_its_projects_in_the_table(client: Any) -> None:
    """The link to the project table names the projects of the line, no fewer and no more."""
    page = client.get(f"/bridge/?{SPAN}").content.decode()
    links = re.findall(r'href="(/projects/\?[^"]+)" rel="nofollow"', page)
    part = combined(bridge(standing.current().reader.history, *DAYS), STOCKS_OF["committed"])
    assert len(links) == part.lines.height
    for link, (line, _n) in zip(links, part.lines.iter_rows(), strict=True):
        members = part.members.filter(part.members["line"] == line)
        answer = client.get(link.replace("&amp;", "&"))
        assert answer.context["total"] == members.height


def test_sectors_add_up_to_all(client: Any) -> None:
    """Stocks by sector sum to the whole, where every counted project has a sector."""
    def stocks(sector: str) -> tuple[int, int]:
        part = client.get(f"/bridge/?{SPAN}&sector={sector}").context["found"].part
        assert part.residual == 0
        return part.opening, part.closing

    from groundbreak.site.views.bridge import JOINT, SECTOR_CHOICES

    single = [stocks(name) for name in SECTOR_CHOICES if name != JOINT]
    assert tuple(map(sum, zip(*single, strict=True))) == stocks("")
    joint = [stocks(name) for name in ("chemicals", "shipping", "fuel_undecided")]
    assert tuple(map(sum, zip(*joint, strict=True))) == stocks(JOINT)


def test_two_clocks_reconcile(client: Any) -> None:
    """What happened inside, before, and may be either, sums to what became known."""
    shown = client.get(f"/bridge/?{SPAN}").context
    assert sum(shown["clocks"].values()) == shown["found"].movers.height == shown["moved"]
    assert shown["clocks"]["before"] > 0, "the embedded register holds late knowledge"


def test_capacities_close(client: Any) -> None:
    """Opening and lines are closing in every product shown."""
    for row in client.get(f"/bridge/?{SPAN}&stock=announced").context["capacity"]:
        assert row["opening"] + sum(n for _text, n in row["lines"]) == row["closing"]
        assert row["unexplained"] == 0


def test_a_single_line_lists_all_its_projects(client: Any) -> None:
    """The page of one line is the line of the bridge."""
    whole = client.get(f"/bridge/?{SPAN}").context["lines"]
    for line in whole:
        shown = client.get(f"/bridge/?{SPAN}&line={line.name}").context
        assert [r["project"] for r in shown["rows"]] == [r["project"] for r in line.rows]


def test_default_is_twelve_months_until_a_release_is_public(own_client: Any) -> None:
    """Then it is the day of the last public release before the page's day."""
    from groundbreak.register.models import Package

    assert own_client.get("/bridge/").context["days"].opened == date(2025, 9, 4)
    made: dict[str, Any] = {"position": 10, "definition_version": "1", "sha256": "0" * 64}
    Package.objects.create(name="2026.1", known=date(2026, 1, 31), state="public", **made)
    Package.objects.create(name="2026.2", known=date(2026, 6, 30), state="signed", **made)
    days = own_client.get("/bridge/").context["days"]
    assert (days.opened, days.release) == (date(2026, 1, 31), "2026.1")
    assert own_client.get("/bridge/?as_of=2025-12-31").context["days"].opened == date(
        2024, 12, 31)


@pytest.mark.parametrize(("asked", "said"), [
    ("from=2026-01-01&to=2025-01-01", "a day before to=2025-01-01"),
    ("from=2026-01-01&to=2026-01-01", "a day before"),
    ("from=yesterday", "YYYY-MM-DD"), ("to=2026-02-30", "YYYY-MM-DD"), ("to=9999-01-01", "to 2026"),
    ("from=20250305", "YYYY-MM-DD"), ("stock=all", "committed, announced, at_fid, operating"),
    ("sector=%3Cscript%3E", "aluminium"), ("line=up", "advanced_in"),
    ("line=scope&page=0", "a whole number"), ("line=scope&page=99999999999", "a whole number"),
    ("stock=at_fid&stock=operating", "one value"), ("form=D", "from, to, stock, sector"),
])
def test_bad_questions_say_what_is_accepted(client: Any, asked: str, said: str) -> None:
    """400, and no echo that runs."""
    answer = client.get(f"/bridge/?{asked}")
    assert answer.status_code == 400
    assert said in text(answer)
    assert "<script>" not in answer.content.decode().split("<main")[1]


def test_a_page_beyond_the_last_is_missing(client: Any) -> None:
    """404, not an empty page."""
    assert client.get(f"/bridge/?{SPAN}&line=scope&page=7").status_code == 404


def test_an_empty_register_has_a_bridge_of_nothing(tmp_path: Path, empty_register: Path) -> None:
    """Nothing known: 0 to 0."""
    import shutil

    with opened(shutil.copy(empty_register, tmp_path / "empty.sqlite3")) as client:
        answer = client.get("/bridge/?from=2025-01-01&to=2025-06-01&as_of=2025-06-01")
        assert answer.status_code == 200
        assert "From 0 to 0 plants" in text(answer)


def test_time_travel_sees_no_later_claim(client: Any) -> None:
    """As known on a day, nobody moved by a claim published after it."""
    shown = client.get("/bridge/?as_of=2025-06-30").context
    assert shown["days"].closed == date(2025, 6, 30)
    assert max(shown["found"].movers["known"]) <= date(2025, 6, 30)
    counted = projects(standing.current().reader.as_of("2025-06-30").view).filter("counted")
    committed = counted.filter(counted["label"].is_in(["at_fid", "operating"]))
    assert shown["found"].part.closing == committed.height
