"""The columns of the public project table, with their labels and units, in their order."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One column: its heading, what it holds, whether it is shown unasked and can be sorted by."""

    name: str
    label: str
    description: str
    shown: bool = False
    numeric: bool = False


COLUMNS: dict[str, Column] = {c.name: c for c in (
    Column("project", "Id", "Stable id of the project; never used again."),
    Column("name", "Project", "Name as its source prints it.", shown=True),
    Column("other_names", "Other names", "Further names, native script included."),
    Column("owners", "Owners", "Owners and partners as printed."),
    Column("country", "Country", "ISO 3166-1 alpha-3; several joined by ';'.", shown=True),
    Column("region", "Region", "UN M49 region of the (first) country."),
    Column("place", "Place", "Place within the country, as printed."),
    Column("sector", "Sector", "Primary sector.", shown=True),
    Column("product", "Product", "Main product.", shown=True),
    Column("route", "Route", "Production route."),
    Column("capacity", "Capacity", "Capacity of the main product, in whole base units.",
           shown=True, numeric=True),
    Column("capacity_unit", "Unit", "Base unit of the capacity."),
    Column("size", "Size", "Capacity against the least size of a commercial-scale plant."),
    Column("stage", "Stage", "Stage, or 'lowest..highest' where a source's word spans several.",
           shown=True),
    Column("activity", "Activity", "Whether it is active, paused, cancelled …"),
    Column("label", "Status", "Public label, derived by published rule.", shown=True),
    Column("level", "Level", "flagship (directly supported) or global."),
    Column("start_year", "Start", "Year of first operation: actual, else as promised.",
           shown=True, numeric=True),
    Column("operation_planned_date", "Promised start", "First operation as promised."),
    Column("operation_actual_date", "Started", "First operation as it happened."),
    Column("fid_planned_date", "FID promised", "Final investment decision as promised."),
    Column("fid_actual_date", "FID", "Final investment decision as it happened."),
    Column("grade", "Evidence grade", "Grade of the claim that holds its stage: 1 filing … 6 rule.",
           numeric=True),
    Column("last_news", "Last news", "Day on which the newest claim that holds was published.",
           shown=True),
    Column("latitude", "Latitude", "WGS 84, north positive.", numeric=True),
    Column("longitude", "Longitude", "WGS 84, east positive.", numeric=True),
    Column("location_accuracy", "Location accuracy", "exact, approximate, region or country."),
    Column("verdict", "Verdict", "Eligible, asset base, out of scope or undecided."),
    Column("reason", "Reason", "Why that verdict."),
    Column("origin", "Origin", "New intervention, or legacy low-carbon power."),
    Column("record", "Record", "Source and the key under which it lists the project."),
    Column("source", "Source", "The source that lists it."),
    Column("licence", "Licence", "Licence of that source."),
    Column("terms_confirmed", "Terms confirmed", "Whether the source confirmed those terms."),
    Column("citation", "Citation", "How to cite the source."),
)}
SHOWN = tuple(c.name for c in COLUMNS.values() if c.shown)
SORTABLE = ("name", "country", "sector", "product", "capacity", "stage", "label", "start_year",
            "last_news", "grade")
# What a download always carries beside the columns chosen.
CREDIT = ("project", "record", "source", "licence", "terms_confirmed", "citation")
