"""Grades by host: regulators and exchanges, owners, funders, and everybody else."""

from __future__ import annotations

import pytest

from groundbreak.proposing.evidence import grade_of, host_of


@pytest.mark.parametrize(("url", "owners", "grade"), [
    ("https://www.sec.gov/filing", "Air Products", 1),
    ("https://data.sec.gov/filing", "Air Products", 1),
    ("https://stegra.com/news", "Stegra (formerly H2 Green Steel)", 2),
    ("https://www.heidelbergmaterials.com/en", "Heidelberg Materials (Norcem)", 2),
    ("https://group.vattenfall.com/press", "Vattenfall (Shell left)", 2),
    ("https://arena.gov.au/projects", "Rio Tinto", 3),
    ("https://news.example/stegra", "Stegra", 4),
    ("https://notsec.gov.example/filing", "Air Products", 4),
    ("https://greensteelnews.example/a", "Green Steel of WA", 4),
    ("", "Stegra", 4),
])
def test_grades(url: str, owners: str, grade: int) -> None:
    assert grade_of(url, owners) == grade


def test_hosts() -> None:
    assert host_of("https://www.news.example:8443/a") == "news.example"
    assert host_of("http://[bad") == host_of("no address") == ""
