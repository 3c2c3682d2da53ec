"""Projects as OC4IDS 0.9 (Open Contracting for Infrastructure Data Standard), one package.

What the standard has no word for is left out or said in our own words under a scheme of our own,
never bent to fit: a paused project keeps the phase it had come to, a lost one has no status. The
standard's milestone codes know no final investment decision; `FID` and the others are in
`oc4ids-milestoneCode.csv`, and each date says how exactly it is known (`datePrecision`).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date
from typing import Any

import polars as pl

from groundbreak.measures.decisions import decisions
from groundbreak.measures.entrants import period_end_of
from groundbreak.reading import Reading
from groundbreak.vocabulary import countries
from groundbreak.vocabulary.fields import capacity_fields
from groundbreak.vocabulary.terms import MILESTONES, PRODUCTS, STAGES

VERSION = "0.9"
PHASES = {"signalled": "identification", "announced": "identification", "concept": "identification",
          "feasibility": "preparation", "feed": "preparation", "committed": "implementation",
          "construction": "implementation", "commissioning": "completion",
          "operating": "completed", "closed": "completed"}
# Of these the register knows too little for any status of the standard.
NO_STATUS = ("lost", "stopped", "merged", "no_stage")
TYPES = {  # of the standard's codelist; what fits none of its types has none
    "feasibility_start": "preProcurement", "feed_start": "preProcurement",
    "feed_done": "preProcurement", "permit": "approval", "award_selected": "financing",
    "award_signed": "financing", "contract": "procurement", "fid": "approval",
    "financial_close": "contractClose", "construction_start": "delivery",
    "mechanical_completion": "delivery", "first_product": "delivery", "operation": "delivery",
    "full_capacity": "delivery",
}
CODES = {"fid": "FID"}
Item = dict[str, Any]


def oc4ids(reading: Reading, table: pl.DataFrame, evidence: pl.DataFrame, uri: str) -> Item:
    """The project package; `table` and `evidence` as tables.py makes them, `uri` names it."""
    stages = dict(reading.projects().select("record", "stage_at_least").iter_rows())
    milestones, documents = _milestones(reading), _grouped(evidence)
    names = list(STAGES)
    return {
        "version": VERSION, "uri": uri, "publishedDate": _moment(reading.known),
        "publisher": {"name": "Groundbreak"},
        "projects": [
            _project(row, None if (rank := stages[row["record"]]) is None else names[rank],
                     milestones.get(row["record"], []), documents.get(row["record"], []))
            for row in table.iter_rows(named=True)
        ],
    }


def milestone_codes() -> str:
    """Our milestones as a codelist of the standard: Code, Title, Description."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["Code", "Title", "Description"])
    for milestone in MILESTONES.values():
        writer.writerow([code_of(milestone.name), milestone.label, milestone.definition])
    return out.getvalue()


def code_of(milestone: str) -> str:
    """The code of one of our milestones in OC4IDS."""
    return CODES.get(milestone, milestone)


def status(stage: str | None, label: str) -> str | None:
    """The standard's status of a project at `stage` (lowest declared) with our public `label`."""
    if label == "cancelled":
        return "cancelled"
    return None if stage is None or label in NO_STATUS else PHASES[stage]


def _project(row: Item, stage: str | None, milestones: list[Item], cited: list[Item]) -> Item:
    ended = next((m for m in milestones if m["code"] == "operation" and "dateMet" in m), None)
    return _stated({
        "id": row["project"],
        "identifiers": [{"id": row["record"], "scheme": "groundbreak-record"}],
        "updated": _moment(row["last_news"]) if row["last_news"] else None,
        "title": row["name"],
        "description": _description(row),
        "status": status(stage, row["label"]),
        "sector": ["industry", f"industry.{row['sector']}"] if row["sector"] else None,
        "additionalClassifications": list(_classes(row, stage)),
        "locations": list(_locations(row)),
        "budget": _budget(row),
        "parties": [{"id": f"{row['project']}-{n}", "name": name, "roles": ["owner"]}
                    for n, name in enumerate(_owners(row["owners"]), start=1)],
        "documents": [_document(row["project"], n, one) for n, one in enumerate(cited, start=1)],
        "forecasts": list(_forecasts(row, milestones)),
        "milestones": [{"id": f"{row['project']}-{n}", **m}
                       for n, m in enumerate(milestones, start=1)],
        "completion": {"endDate": ended["dateMet"]} if ended else None,
        "licence": row["licence"], "termsConfirmed": row["terms_confirmed"],
    })


def _description(row: Item) -> str | None:
    product = PRODUCTS[row["product"]].label if row["product"] in PRODUCTS else None
    told = [product, row["route"], row["technology"]]
    return "; ".join(part for part in told if part) or None


def _classes(row: Item, stage: str | None) -> Iterator[Item]:
    for scheme, value in (("stage", stage), ("activity", row["activity"]),
                          ("label", row["label"]), ("verdict", row["verdict"]),
                          ("product", row["product"]), ("route", row["route"])):
        if value:
            yield {"scheme": f"groundbreak-{scheme}", "id": value}


def _locations(row: Item) -> Iterator[Item]:
    known = {c.iso3: c for c in countries.all_countries()}
    codes = [known[code] for code in (row["country"] or "").split(";") if code in known]
    point = None
    if row["latitude"] is not None and row["longitude"] is not None:
        point = {"type": "Point", "coordinates": [row["longitude"], row["latitude"]]}
    place = _stated({
        "description": row["place"], "geometry": point,
        "accuracy": row["location_accuracy"] if point else None,
        "gazetteer": {"scheme": "ISO2", "identifiers": [c.iso2 for c in codes]} if codes else None,
        "address": {"countryName": codes[0].name} if len(codes) == 1 else None,
    })
    if place:
        yield {"id": "1", **place}


def _budget(row: Item) -> Item | None:
    """Whole-project capital cost as announced; the standard wants a currency of three letters."""
    currency, _, year = (row["capex_announced_unit"] or "").partition("@")
    if row["capex_announced"] is None or len(currency) != 3:
        return None
    return {"description": "Capital cost as announced" + (f", prices of {year}" if year else ""),
            "amount": {"amount": row["capex_announced"], "currency": currency}}


def _owners(text: str | None) -> list[str]:
    return list(dict.fromkeys(name.strip() for name in (text or "").split(";") if name.strip()))


def _document(project: str, number: int, row: Item) -> Item:
    url = row["stands_for"] if _is_url(row["stands_for"]) else row["reference"]
    return _stated({"id": f"{project}-{number}", "url": url if _is_url(url) else None,
                    "title": None if _is_url(row["stands_for"]) else row["stands_for"],
                    "datePublished": _moment(row["known"]), "author": row["publisher"]})


def _is_url(text: str | None) -> bool:
    return bool(text) and str(text).startswith(("https://", "http://"))


def _forecasts(row: Item, milestones: list[Item]) -> Iterator[Item]:
    """What is promised: capacity, in the period in which operation is due."""
    due = next((m for m in milestones if m["code"] == "operation" and "dueDate" in m), None)
    for name, product in capacity_fields().items():
        if row[name] is not None:
            period = {"startDate": due["dueDateEarliest"], "endDate": due["dueDate"]} if due else {}
            yield {"id": f"capacity-{product}", "title": f"Capacity, {PRODUCTS[product].label}",
                   "observations": [_stated({
                       "id": "1", "measure": str(row[name]), "period": period,
                       "unit": {"name": PRODUCTS[product].base_unit}})]}


def _grouped(evidence: pl.DataFrame) -> dict[str, list[Item]]:
    found: dict[str, list[Item]] = {}
    for row in evidence.iter_rows(named=True):
        found.setdefault(row["record"], []).append(row)
    return found


def _milestones(reading: Reading) -> dict[str, list[Item]]:
    """Of each record its dated milestones, and its FID even where only a status tells it."""
    fields = [f"{name}_{kind}_date" for name in MILESTONES for kind in ("planned", "actual")]
    dated = reading.view.cells.filter(pl.col("field").is_in(fields)).select(
        "record", "field", "value_date", "precision", last=period_end_of())
    told: dict[tuple[str, str], Item] = {}
    for record, field, first, precision, last in dated.iter_rows():
        name, kind, _ = field.rsplit("_", 2)
        found = told.setdefault((record, name), {})
        word = "dueDate" if kind == "planned" else "dateMet"
        found |= {word: _moment(last), f"{word}Earliest": _moment(first),
                  f"{word}Precision": precision}
    for row in decisions(reading.view).iter_rows(named=True):
        found = told.setdefault((row["record"], "fid"), {})
        found["basis"] = row["kind"]
        if "dateMet" not in found and row["earliest"] is not None:
            found |= {"dateMet": _moment(row["latest"]),
                      "dateMetEarliest": _moment(row["earliest"]), "dateMetPrecision": "interval"}
    made: dict[str, list[Item]] = {}
    for name in MILESTONES:  # in their order
        for (record, other), found in told.items():
            if other == name:
                made.setdefault(record, []).append(_milestone(name, found))
    return made


def _milestone(name: str, found: Item) -> Item:
    met = "dateMet" in found or "basis" in found
    return _stated({"title": MILESTONES[name].label, "type": TYPES.get(name),
                    "code": code_of(name), "status": "met" if met else "scheduled", **found})


def _moment(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"


def _stated(item: Item) -> Item:
    """Without what is not stated: the standard allows no empty values."""
    return {name: value for name, value in item.items() if value not in (None, "", [], {})}
