"""The command `groundbreak briefing`: a few pages for the council, as PDF."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from groundbreak.cli.app import (
    AsOfOption,
    Format,
    FormatOption,
    RegisterOption,
    as_date,
    command,
)
from groundbreak.cli.asking import reader
from groundbreak.cli.output import line, show
from groundbreak.reading import Reader
from groundbreak.vocabulary import countries
from groundbreak.vocabulary.translating import LANGUAGES, speaking


@command("briefing")
def briefing(
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE.pdf",
                      help="Where to write it.")],
    as_of: AsOfOption = None,
    since: Annotated[date | None, typer.Option("--since", parser=as_date, metavar="DATE",
                     help="From when to tell what changed. Default: 12 months before.",
                     show_default=False)] = None,
    sector: Annotated[list[str] | None, typer.Option("--sector", help="Add a section on this "
                      "sector; may be repeated.", show_default=False)] = None,
    country: Annotated[list[str] | None, typer.Option("--country", help="Add a section on this "
                       "country (name or ISO code); may be repeated.", show_default=False)] = None,
    term: Annotated[bool, typer.Option("--term", help="The report of the first term, "
                    "2024–2026.")] = False,
    lang: Annotated[str, typer.Option("--lang", help=f"Language: {', '.join(LANGUAGES)}.")] = "en",
    force: Annotated[bool, typer.Option("--force", help="Replace a file of that name.")] = False,
    register: RegisterOption = None,
    form: FormatOption = Format.table,
) -> None:
    """A briefing of two to six pages: measures, bridge, map, what changed, definitions, sources."""
    _check_output(output, force)
    codes = tuple(dict.fromkeys(_code(text) for text in country or ()))
    with speaking(lang):
        from groundbreak.history.atomic import whole
        from groundbreak.publishing import briefing as paper

        asked = paper.Asked(as_of, tuple(dict.fromkeys(sector or ())), codes, term, since)
        # Only what is public leaves the house, also on paper.
        made = paper.briefing(Reader(reader(register).snapshot.public()), asked)
        with whole(output) as unfinished:
            unfinished.write_bytes(made)
    if form is Format.table:
        line(f"wrote {output}", form)
    else:
        show(pl.DataFrame({"file": [str(output)], "bytes": [len(made)], "language": [lang]}), form)


def _check_output(output: Path, force: bool) -> None:
    if output.suffix.lower() != ".pdf":
        raise ValueError(f"{output}: accepted: a name that ends in .pdf")
    if output.exists() and not force:
        raise ValueError(f"{output}: exists already; accepted: a new file name, or --force")


def _code(text: str) -> str:
    code = countries.lookup(text)
    if code is None:
        raise ValueError(f"no country {text!r}; accepted: ISO codes and names")
    return code
