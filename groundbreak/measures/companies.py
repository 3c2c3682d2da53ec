"""Companies as printed: owners of counted projects, split at ';', with their projects by label.

Names are as the sources print them and are not matched: one company may stand under several names.
A joint venture counts with each of its owners, so that companies do not sum to projects.
"""

from __future__ import annotations

import polars as pl

from groundbreak.history.view import View
from groundbreak.measures.population import STOPPED, projects

NO_NAMES = ("not stated", "unknown", "undisclosed", "n/a", "-")  # printed where none is known
COMPANY_SCHEMA: dict[str, pl.DataType] = {
    "company": pl.String(), "projects": pl.Int64(), "announced": pl.Int64(),
    "at_fid": pl.Int64(), "operating": pl.Int64(), "stopped": pl.Int64(),
    "countries": pl.Int64(), "sectors": pl.List(pl.String()),
}


def owners(view: View) -> pl.DataFrame:
    """record, company: a row for each owner named at a counted project, each once.

    A word that stands for no name (NO_NAMES) is none.
    """
    return (
        projects(view).filter("counted").select("record", company=pl.col("owners").str.split(";"))
        .explode("company").with_columns(pl.col("company").str.strip_chars())
        .filter(~pl.col("company").str.to_lowercase().is_in(["", *NO_NAMES]))
        .unique(maintain_order=True)
    )


def companies(view: View) -> pl.DataFrame:
    """A row a company, those with most projects first: COMPANY_SCHEMA.

    `stopped`: paused, cancelled, stopped, closed or lost. `countries`: how many it builds in.
    """
    population = projects(view).filter("counted").select("record", "label", "country", "sector")
    long = owners(view).join(population, on="record")
    where = long.select("company", pl.col("country").str.split(";")).explode("country").group_by(
        "company").agg(countries=pl.col("country").drop_nulls().n_unique())
    labelled = {name: (pl.col("label") == name).sum() for name in
                ("announced", "at_fid", "operating")}
    found = long.group_by("company").agg(
        projects=pl.len(), stopped=pl.col("label").is_in(STOPPED).sum(), **labelled,
        sectors=pl.col("sector").drop_nulls().unique().sort())
    return found.join(where, on="company").select(
        pl.col(name).cast(dtype) for name, dtype in COMPANY_SCHEMA.items()
    ).sort("projects", pl.col("company").str.to_lowercase(), "company",
           descending=[True, False, False])
