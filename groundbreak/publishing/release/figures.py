"""The figures of a package: each as SVG, as CSV, and as JSON with its words and its drawing."""

from __future__ import annotations

from groundbreak import charts
from groundbreak.charts import Figure, render
from groundbreak.publishing.release.describing import as_json
from groundbreak.reading import Reader, Reading

FOLDER = "figures"


def drawn(reader: Reader, reading: Reading, release: str) -> dict[str, Figure]:
    """All figures of a release, by the path of their table in the package."""
    return {f"{FOLDER}/{figure.id}.csv": figure
            for figure in charts.frozen(reader, reading, release)}


def files(figure: Figure) -> dict[str, bytes]:
    """The files of one figure."""
    path = f"{FOLDER}/{figure.id}"
    return {
        f"{path}.svg": render.svg(figure).encode(),
        f"{path}.csv": render.csv(figure).encode(),
        f"{path}.json": as_json({
            "id": figure.id, "title": figure.title, "subtitle": figure.subtitle,
            "alt": figure.alt, "source": figure.source, "as_of": figure.as_of,
            "clock": figure.clock, "n": figure.n, "notes": list(figure.notes),
            "definition": figure.definition, "definition_version": figure.definition_version,
            "release": figure.release, "sentence": figure.sentence, "citation": figure.citation,
            "nothing": figure.nothing, "spec": figure.spec,
        }),
    }
