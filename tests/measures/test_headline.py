"""The first page's numbers on a day that lies after everything that is known."""

from __future__ import annotations

from datetime import date

from groundbreak.measures.breakdown import breakdown
from groundbreak.measures.headline import headline
from tests.history.worlds import CUTS, Shelf, edition, row


def test_flows_end_with_what_is_known() -> None:
    register = Shelf()
    register.take_in(edition({"a": row(), "b": row()}), CUTS[0])
    register.take_in(edition({"a": row("committed"), "b": row()}), CUTS[1])
    view = register.history().as_of()
    later = view.about(date(view.known.year + 3, 1, 1))
    assert headline(view).year.fid.tracked == 1
    assert headline(later).year == headline(view).year
    assert headline(later).term == headline(view).term
    assert breakdown(later, "sector").period == breakdown(view, "sector").period
