"""The options by which commands choose projects."""

from __future__ import annotations

from typing import Annotated

import typer

SectorOption = Annotated[str | None, typer.Option("--sector")]
CountryOption = Annotated[str | None, typer.Option("--country", help="ISO3 code or name.")]
ProductOption = Annotated[str | None, typer.Option("--product")]
LabelOption = Annotated[str | None, typer.Option("--label", help="announced, at_fid, operating, "
                                                 "paused, cancelled, lost …")]
LevelOption = Annotated[str | None, typer.Option("--level", help="flagship or global.")]
SourceOption = Annotated[str | None, typer.Option("--source", help="Only this source's records.")]
SearchOption = Annotated[str | None, typer.Option("--search", help="Part of a name.")]
AllOption = Annotated[bool, typer.Option("--all", help="Also what is not counted.")]
