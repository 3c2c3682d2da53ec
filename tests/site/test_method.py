"""The method page: every term is there once, in the words of the documentation."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from groundbreak.charts import FIGURES
from groundbreak.measures import DEFINITION_VERSION, bridge, gap, population, scorecard
from groundbreak.measures.eligibility import VERDICTS as RULED
from groundbreak.measures.eligibility import thresholds
from groundbreak.site import definitions
from groundbreak.vocabulary import terms

DOCS = Path(__file__).parents[2] / "docs" / "measures.md"


@pytest.fixture
def text(client: Any) -> str:
    answer = client.get("/method/")
    assert answer.status_code == 200
    return str(answer.content.decode())


def anchors(text: str) -> list[str]:
    return re.findall(r'\sid="([^"]+)"', text)


def test_every_term_has_one_address(text: str) -> None:
    found = Counter(anchors(text))
    assert [name for name, n in found.items() if n > 1] == []
    lists = {"sector": terms.SECTORS, "stage": terms.STAGES, "activity": terms.ACTIVITIES,
             "grade": terms.EVIDENCE_GRADES, "milestone": terms.MILESTONES,
             "gate": terms.GATE_CRITERIA, "product": terms.PRODUCTS, "route": terms.ROUTES,
             "reason": terms.STOP_REASONS, "scale": terms.SCALES,
             "bridge": bridge.LINES, "gap": gap.RULES, "verdict": RULED}
    wanted = {f"{kind}-{name}" for kind, names in lists.items() for name in names}
    wanted |= {*population.LABELS, *scorecard.MEASURES}
    assert wanted - set(found) == set()


def test_figures_link_to_what_is_there(text: str) -> None:
    found = set(anchors(text))
    assert {kind.definition for kind in FIGURES.values()} - found == set()
    linked = re.findall(r'href="#([^"]+)"', text)
    assert set(linked) - found == set()


def test_the_words_are_those_of_the_code_and_the_documentation() -> None:
    assert tuple(definitions.VERDICTS) == RULED
    assert set(definitions.LABELS) == set(population.LABELS)
    assert {n: t for n, (t, _) in definitions.LINES.items()} == bridge.LINES
    assert definitions.RULES == gap.RULES
    stocks = set(scorecard.STOCK_LABELS)
    assert {n: t for n, (t, _) in definitions.MEASURES.items()} == {
        n: t for n, t in scorecard.MEASURES.items() if n not in stocks}
    page = " ".join(re.sub(r"[`*]", "", DOCS.read_text(encoding="utf-8")).split())
    for told in (*definitions.VERDICTS.values(), *definitions.LABELS.values(),
                 *(t for _, t in definitions.MEASURES.values()),
                 *(t for _, t in definitions.LINES.values()), *definitions.RULES.values()):
        assert told in page, told


def test_dated_data_are_all_there(text: str) -> None:
    body = text.split('id="thresholds"')[1].split("</table>")[0]
    assert body.count("<tr>") == len(thresholds()) + 1
    assert "500,000 t/y" in body
    need = text.split('id="need"')[1].split("</table>")[0]
    for row in gap.milestones().values():
        assert f">{row.plants}<" in need


def test_versions(client: Any) -> None:
    assert client.get(f"/method/{DEFINITION_VERSION}/").status_code == 200
    answer = client.get("/method/%3Cb%3E/")
    assert answer.status_code == 404
    assert f"there are: {DEFINITION_VERSION}" in answer.content.decode()
