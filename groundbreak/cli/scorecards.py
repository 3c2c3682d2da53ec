"""The scorecard on a terminal: measures, caveats, sizes, money and what is not counted."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import polars as pl

from groundbreak.cli import output
from groundbreak.cli.app import Format
from groundbreak.cli.output import capacity_text, console, emit_json, rows, table
from groundbreak.measures.scorecard import MEASURES, Scorecard
from groundbreak.reading import Reading


def show(reading: Reading, card: Scorecard, form: Format, rates: Path | None) -> None:
    """Print the scorecard."""
    money = _money(card, _read_rates(rates) if rates else {})
    if form is Format.json:
        emit_json(_json(card, money))
    elif form is Format.csv:
        output.show(card.figures, form)
    else:
        _tables(reading, card, money)


def _json(card: Scorecard, money: pl.DataFrame) -> dict[str, Any]:
    behind: dict[tuple[str, str, str], list[str]] = {}
    for row in card.members.filter(pl.col("bound") == "value").sort("record").iter_rows(named=True):
        behind.setdefault((row["measure"], row["group"], row["level"]), []).append(row["project"])
    figures = [
        {**row, "project_ids": behind.get((row["measure"], row["group"], row["level"]), [])}
        for row in rows(card.figures)
    ]
    return {
        "as_of": card.as_of, "period": card.period.name, "from": str(card.period.first),
        "to": str(card.period.last), "by": card.by, "level": card.level,
        "definition_version": card.definition_version, "figures": figures,
        "capacity": rows(card.capacity), "capex": rows(money),
        "eligibility": rows(card.eligibility), "progress": rows(card.progress),
        "reconciliation": rows(card.reconciliation),
    }


def _tables(reading: Reading, card: Scorecard, money: pl.DataFrame) -> None:
    out = console()
    period = f"{card.period.first} to {card.period.last}"
    out.print(f"[bold]Scorecard as known on {card.as_of}[/bold] · flows over {period} · "
              f"definition {card.definition_version}")
    out.print("low–high: an event's date range straddles the period's edge\n", style="dim")
    table(_measures(card), title="Measures (projects)")
    if card.by:
        out.print()
        table(_by_group(card), title=f"By {card.by} (unique total in 'all')")
    out.print()
    table(_progress(card), title="What became of the announced (opening and entrants)")
    out.print()
    table(_two_clocks(card), title="The two clocks reconciled (projects)")
    out.print()
    table(_sizes(card), title="Capacity, never summed across products")
    out.print()
    table(_money_lines(money), empty="no announced cost known",
          title="Announced cost as stated (currency@price year; converted only with --rates)")
    out.print()
    table(_eligibility(card), title="In the pipeline or not, at ½, 1 and 2 times the thresholds")
    _notes(reading, card)


def _value(row: dict[str, Any]) -> str:
    text = f"{row['value']:,}"
    if row["low"] is not None and (row["low"], row["high"]) != (row["value"], row["value"]):
        text += f" ({row['low']:,}–{row['high']:,})"
    return text


def _measures(card: Scorecard) -> pl.DataFrame:
    made = []
    for name, label in MEASURES.items():
        found = {r["level"]: r for r in card.figures.filter(
            (pl.col("measure") == name) & (pl.col("group") == "all")).iter_rows(named=True)}
        tracked, flagship = found["all"], found["flagship"]
        made.append({"measure": label, "all tracked": _value(tracked),
                     "of which flagship": _value(flagship),
                     "global (all − flagship)": f"{tracked['value'] - flagship['value']:,}",
                     "note": tracked["note"]})
    return pl.DataFrame(made)


def _by_group(card: Scorecard) -> pl.DataFrame:
    chosen = ["announced", "at_fid", "operating", "cancelled", "lost", "new_announced",
              "progressing_reported", "reached_fid_stated", "reached_fid_implied"]
    frame = card.figures.filter((pl.col("level") == "all") & pl.col("measure").is_in(chosen))
    wide = frame.pivot("measure", index="group", values="value")
    nothing = pl.all_horizontal(pl.col(name) == 0 for name in chosen)
    wide = wide.filter(~(pl.col("group").is_in(["outside", "not stated"]) & nothing))
    return wide.sort((pl.col("group") == "all"), "announced", descending=[False, True])


def _progress(card: Scorecard) -> pl.DataFrame:
    total = card.progress["projects"].sum()
    names = card.progress.with_columns(pl.col("class").cast(pl.String).str.replace_all("_", " "))
    return pl.concat([names, pl.DataFrame({"class": ["sum"], "projects": [total]},
                                          schema=names.schema)])


def _two_clocks(card: Scorecard) -> pl.DataFrame:
    return card.reconciliation.select(
        "flow", pl.col("known").alias("known in the period"),
        pl.col("earlier_or_undated").alias("− happened earlier or undated"),
        pl.col("known_later").alias("+ happened in it, known later"),
        pl.col("happened").alias("= happened in the period"))


def _money_lines(money: pl.DataFrame) -> pl.DataFrame:
    """One line a stock and group: every currency and price year with its sum."""
    made = []
    for (stock, group), part in money.group_by("stock", "group", maintain_order=True):
        sums = [_amount(r["amount"], r["currency"]) for r in part.iter_rows(named=True)]
        line = {"stock": stock, "group": group, "cost known for": part["known_share"][0],
                "as stated": ", ".join(sums)}
        if "usd" in part.columns:
            unrated = part.filter(pl.col("usd").is_null())["currency"].to_list()
            line["in USD"] = _amount(float(part["usd"].sum()), "USD") + (
                f" without {', '.join(unrated)}" if unrated else "")
        made.append(line)
    frame = pl.DataFrame(made)
    return frame.drop("group") if frame.height and set(frame["group"]) == {"all"} else frame


def _amount(value: float, currency: str) -> str:
    for size, name in ((1e9, "bn"), (1e6, "m")):
        if abs(value) >= size:
            return f"{currency} {value / size:,.4g} {name}"
    return f"{currency} {value:,.0f}"


def _sizes(card: Scorecard) -> pl.DataFrame:
    made = []
    for stock in ("announced", "at_fid", "operating"):
        chosen = card.capacity.filter((pl.col("stock") == stock) & (pl.col("group") == "all"))
        made.append({"stock": stock, "capacity": capacity_text(
            [(r["label"], r["capacity"], r["unit"]) for r in chosen.iter_rows(named=True)])})
    return pl.DataFrame(made)


def _eligibility(card: Scorecard) -> pl.DataFrame:
    wide = card.eligibility.pivot("verdict", index="factor", values="projects").fill_null(0)
    order = [v for v in ("eligible", "asset_base", "out_of_scope", "undecided")
             if v in wide.columns]
    return wide.select(pl.format("× {}", "factor").alias("thresholds"), *order)


def _notes(reading: Reading, card: Scorecard) -> None:
    legacy = int(card.eligibility.filter(pl.col("factor") == 1.0)["legacy"].sum())
    flagships = reading.projects().filter(pl.col("level") == "flagship")
    decided = card.figures.filter(
        (pl.col("measure") == "has_reached_fid") & (pl.col("level") == "flagship")
        & (pl.col("group") == "all"))["value"].sum()
    fids = (f"{decided} have reached FID" if decided
            else f"no FID found in public sources as of {card.as_of}")
    console().print(
        f"\nLegacy (low-carbon power held before 2019, never counted): {legacy}. Flagship plants "
        f"in the register: {flagships.height}, of them {flagships['counted'].sum()} eligible; "
        f"{fids}. Potential CO2 avoided: not yet computed.", style="dim", markup=False)


def _read_rates(path: Path) -> dict[str, float]:
    """unit → USD a unit, from a CSV with columns unit, usd, source. Raises ValueError."""
    with path.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.DictReader(handle)
        missing = {"unit", "usd", "source"} - set(reader.fieldnames or [])
        if missing:
            raise ValueError(f"{path.name}: columns missing: {', '.join(sorted(missing))}; "
                             "accepted: unit (EUR@2023), usd, source")
        found = {}
        for number, row in enumerate(reader, start=2):
            try:
                found[row["unit"]] = float(row["usd"])
            except ValueError:
                raise ValueError(f"{path.name}, row {number}, column 'usd': {row['usd']!r} is "
                                 "not a number") from None
            if not row["source"]:
                raise ValueError(f"{path.name}, row {number}: a rate needs its source")
    return found


def _money(card: Scorecard, rates: dict[str, float]) -> pl.DataFrame:
    frame = card.capex.select(
        "stock", "group", "currency", "amount", "projects",
        known_share=pl.format("{} of {}", "known", "of"))
    if rates:
        frame = frame.with_columns(usd=pl.col("amount") * pl.col("currency").replace_strict(
            rates, default=None, return_dtype=pl.Float64()))
    return frame.filter(pl.col("group") == "all") if card.by is None else frame
