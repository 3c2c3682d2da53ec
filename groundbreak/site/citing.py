"""How to cite the register on a clock: as a sentence, BibTeX, RIS and CSL-JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

AUTHOR = "The editors of this register"
TYPES = {
    "txt": "text/plain; charset=utf-8", "bib": "application/x-bibtex; charset=utf-8",
    "ris": "application/x-research-info-systems; charset=utf-8",
    "json": "application/vnd.citationstyles.csl+json",
}
_BIBTEX = str.maketrans({
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "&": r"\&", "%": r"\%", "$": r"\$",
    "#": r"\#", "_": r"\_", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"})


@dataclass(frozen=True)
class Citation:
    """One state of the register: its name, its day, the release if any, where it is, seen when."""

    title: str
    day: date
    version: str
    address: str
    seen: date

    @property
    def key(self) -> str:
        """The key by which a bibliography names it."""
        return f"groundbreak-{self.version}".replace(" ", "-")

    def text(self) -> str:
        """One sentence."""
        return (f"{AUTHOR} ({self.day.year}). {self.title}. Groundbreak, version {self.version}. "
                f"{self.address} (accessed {self.seen}).")

    def bibtex(self) -> str:
        """An entry for biblatex and BibTeX."""
        fields = {
            "author": f"{{{AUTHOR}}}", "title": f"{{{self.title.translate(_BIBTEX)}}}",
            "year": str(self.day.year), "date": str(self.day), "version": self.version,
            "publisher": "Groundbreak", "url": self.address, "urldate": str(self.seen)}
        inner = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items())
        return f"@misc{{{self.key},\n{inner}\n}}\n"

    def ris(self) -> str:
        """A record as reference managers import it (type DATA)."""
        rows = [("TY", "DATA"), ("AU", AUTHOR), ("TI", self.title), ("PB", "Groundbreak"),
                ("PY", str(self.day.year)), ("DA", f"{self.day:%Y/%m/%d}"), ("ET", self.version),
                ("UR", self.address), ("Y2", f"{self.seen:%Y/%m/%d}"), ("ER", "")]
        return "".join(f"{tag}  - {value}\r\n" for tag, value in rows)

    def csl(self) -> str:
        """CSL-JSON: a list of one item."""
        return json.dumps([{
            "id": self.key, "type": "dataset", "title": self.title, "version": self.version,
            "author": [{"literal": AUTHOR}], "publisher": "Groundbreak", "URL": self.address,
            "issued": _parts(self.day), "accessed": _parts(self.seen)}],
            ensure_ascii=False, indent=1)

    def written(self, suffix: str) -> str:
        """In one of TYPES."""
        return {"txt": lambda: self.text() + "\n", "bib": self.bibtex, "ris": self.ris,
                "json": self.csl}[suffix]()


def _parts(day: date) -> dict[str, list[list[int]]]:
    return {"date-parts": [[day.year, day.month, day.day]]}
