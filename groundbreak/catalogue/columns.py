"""The columns of the public project table, with their labels and units, in their order."""

from __future__ import annotations

from dataclasses import dataclass

from groundbreak.vocabulary.translating import noop


@dataclass(frozen=True)
class Column:
    """One column: its heading, what it holds, whether it is shown unasked and can be sorted by."""

    name: str
    label: str
    description: str
    shown: bool = False
    numeric: bool = False


COLUMNS: dict[str, Column] = {c.name: c for c in (
    Column("project", noop("Id"), noop("Stable id of the project; never used again.")),
    Column("name", noop("Project"), noop("Name as its source prints it."), shown=True),
    Column("other_names", noop("Other names"), noop("Further names, native script included.")),
    Column("owners", noop("Owners"), noop("Owners and partners as printed.")),
    Column("country", noop("Country"),
           noop("ISO 3166-1 alpha-3; several joined by ';'."), shown=True),
    Column("region", noop("Region"), noop("UN M49 region of the (first) country.")),
    Column("place", noop("Place"), noop("Place within the country, as printed.")),
    Column("sector", noop("Sector"), noop("Primary sector."), shown=True),
    Column("product", noop("Product"), noop("Main product."), shown=True),
    Column("route", noop("Route"), noop("Production route.")),
    Column("capacity", noop("Capacity"), noop("Capacity of the main product, in whole base units."),
           shown=True, numeric=True),
    Column("capacity_unit", noop("Unit"), noop("Base unit of the capacity.")),
    Column("size", noop("Size"),
           noop("Capacity against the least size of a commercial-scale plant.")),
    Column("stage", noop("Stage"),
           noop("Stage, or 'lowest..highest' where a source's word spans several."),
           shown=True),
    Column("activity", noop("Activity"), noop("Whether it is active, paused, cancelled …")),
    Column("label", noop("Status"), noop("Public label, derived by published rule."), shown=True),
    Column("level", noop("Level"), noop("flagship (directly supported) or global.")),
    Column("start_year", noop("Start"), noop("Year of first operation: actual, else as promised."),
           shown=True, numeric=True),
    Column("operation_planned_date", noop("Promised start"), noop("First operation as promised.")),
    Column("operation_actual_date", noop("Started"), noop("First operation as it happened.")),
    Column("fid_planned_date", noop("FID promised"),
           noop("Final investment decision as promised.")),
    Column("fid_actual_date", noop("FID"), noop("Final investment decision as it happened.")),
    Column("grade", noop("Evidence grade"),
           noop("Grade of the claim that holds its stage: 1 filing … 6 rule."),
           numeric=True),
    Column("last_news", noop("Last news"),
           noop("Day on which the newest claim that holds was published."),
           shown=True),
    Column("latitude", noop("Latitude"), noop("WGS 84, north positive."), numeric=True),
    Column("longitude", noop("Longitude"), noop("WGS 84, east positive."), numeric=True),
    Column("location_accuracy", noop("Location accuracy"),
           noop("exact, approximate, region or country.")),
    Column("verdict", noop("Verdict"), noop("Eligible, asset base, out of scope or undecided.")),
    Column("reason", noop("Reason"), noop("Why that verdict.")),
    Column("origin", noop("Origin"), noop("New intervention, or legacy low-carbon power.")),
    Column("record", noop("Record"), noop("Source and the key under which it lists the project.")),
    Column("source", noop("Source"), noop("The source that lists it.")),
    Column("licence", noop("Licence"), noop("Licence of that source.")),
    Column("terms_confirmed", noop("Terms confirmed"),
           noop("Whether the source confirmed those terms.")),
    Column("citation", noop("Citation"), noop("How to cite the source.")),
)}
SHOWN = tuple(c.name for c in COLUMNS.values() if c.shown)
SORTABLE = ("name", "country", "sector", "product", "capacity", "stage", "label", "start_year",
            "last_news", "grade")
# What a download always carries beside the columns chosen.
CREDIT = ("project", "record", "source", "licence", "terms_confirmed", "citation")
