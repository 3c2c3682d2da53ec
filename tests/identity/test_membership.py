"""Project ids depend on nothing but the source and its key; membership is trivial for now."""

from __future__ import annotations

import polars as pl

from groundbreak.identity.membership import project_id, trivial


def test_an_id_is_for_ever() -> None:
    """The id of a record is part of citations: it may never change."""
    assert project_id("iea-hydrogen:97") == "GB-7VO4CTJ5GP"
    assert project_id("events:brevik-ccs") == "GB-RUGB5A3KE7"


def test_every_record_is_its_own_project() -> None:
    records = pl.DataFrame({"record": [f"saf:{n}" for n in range(5000)]})
    members = trivial(records)
    assert members["project"].n_unique() == 5000
    assert members.sample(fraction=1.0, shuffle=True, seed=3).sort("record").equals(
        trivial(records.sample(fraction=1.0, shuffle=True, seed=4)).sort("record"))
