"""The sheet that explains the rest."""

from __future__ import annotations

from collections.abc import Sequence

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from groundbreak.editing.columns import Column
from groundbreak.editing.position import Position
from groundbreak.vocabulary.terms import EVIDENCE_GRADES

RULES = (
    ("Change a cell", "Type over it. Only cells that you change become claims; a cell that you "
     "empty stays as it was."),
    ("Say how you know", "Every row with a change needs its source and the day on which that "
     "source was published. One row, one source: for a second source, insert a row, copy the "
     "record's id into it and change only what that source says."),
    ("#CLEAR", "takes a value away: nobody states it any longer."),
    ("#N/A reason", "says that the field does not apply, and why: '#N/A imports its power'."),
    ("Dates", "2028, 2028-06, 2028-Q2 or 2028-06-30, as precisely as the source says. A planned "
     "date never becomes an actual one: fill the actual column."),
    ("Amounts", "Numbers in the unit of the header; a capacity may carry its unit ('1.2 Mt/y'). "
     "Money needs its currency and price year beside it (USD@2023)."),
    ("Corrects an error?", "yes: what stands is wrong, and your word holds against it whatever a "
     "tracker says later (you are told when it says something new). Blank: yours is newer."),
    ("New projects", "go on their own sheet, one a row, with a name and a source."),
    ("Grey cells", "are ids and computed values: they are not read back."),
    ("When you are back", "groundbreak import edit FILE --preview lists every change, what else "
     "changed meanwhile, and the effect on the bridge and the scorecard. Without --preview it is "
     "written, in one step. groundbreak undo takes it back."),
)
NOTED_ALL = "Every value has a note that says who stated it, when, and with what evidence."
NOTED_SOME = ("Column 'Newest word' names who spoke of a project last. A value that somebody else, "
              "or an earlier edition, stated has a note of its own, as far as a workbook can hold "
              "them; groundbreak project ID shows all.")


def write_guide(
    sheet: Worksheet, book: xlsxwriter.Workbook, columns: Sequence[Column], position: Position,
    noted_all: bool,
) -> None:
    """Write the explanations, the grades and the dictionary of the columns."""
    base = {"font_name": "Calibri", "font_size": 10, "valign": "top", "text_wrap": True}
    plain, bold = book.add_format(base), book.add_format({**base, "bold": True})
    title = book.add_format({**base, "bold": True, "font_size": 14, "text_wrap": False})
    sheet.set_column(0, 0, 30, plain)
    sheet.set_column(1, 1, 96, plain)
    sheet.write_string(0, 0, "A sheet for editing the register", title)
    lines: list[tuple[str, str, bool]] = [
        ("Shows", f"{position.selection or 'all projects'}, as known on {position.known} "
                  f"(log position {position.claim:,})", False),
        ("Where values come from", NOTED_ALL if noted_all else NOTED_SOME, False),
        *((name, text, False) for name, text in RULES),
        ("Grades of evidence", "", True),
        *((f"{term.name}", f"{term.label}: {term.definition}", False)
          for term in EVIDENCE_GRADES.values()),
        ("Columns", "", True),
        *((column.name, f"{column.label}. {column.hint}".strip(), False) for column in columns),
    ]
    for row, (name, text, heading) in enumerate(lines, start=2):
        sheet.write_string(row, 0, name, bold)
        sheet.write_string(row, 1, text, bold if heading else plain)
    sheet.protect()
    sheet.set_portrait()
    sheet.fit_to_pages(1, 0)
