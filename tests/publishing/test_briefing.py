"""The briefing: its numbers are the measures', its pages a reader's, on any register."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from pypdf import PdfReader

from groundbreak.charts.fonts import FOLDER
from groundbreak.history.snapshot import Snapshot
from groundbreak.measures.headline import headline
from groundbreak.measures.population import projects
from groundbreak.publishing.briefing import Asked, briefing, document
from groundbreak.reading import Reader
from tests.cli.running import run
from tests.publishing.conftest import LATER

VARIANTS = {
    "plain": Asked(), "sector": Asked(sectors=("aviation",)), "country": Asked(countries=("CHN",)),
    "both": Asked(sectors=("steel",), countries=("DEU",)), "term": Asked(term=True),
    "then": Asked(as_of=date(2024, 11, 12)),
}


@pytest.fixture(scope="module")
def reader(log: Snapshot) -> Reader:
    return Reader(log.public())


def text_of(pdf: bytes) -> str:
    """The text of all pages, spaces told once."""
    pages = PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).replace("\u200b", "").split())


def blocks(made: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [block for page in made["pages"] for block in page if block["block"] == kind]


def numbers(text: str) -> list[int]:
    return [int(found.replace(",", "").replace("−", "-")) for found in
            re.findall(r"[−+]?[\d,]*\d", text)]


# -- numbers ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("day", [date(2023, 10, 30), date(2024, 11, 12), date(2025, 6, 30), LATER])
def test_the_first_page_says_what_the_headline_says(reader: Reader, day: date) -> None:
    """Sentence and cards carry the shared numbers, on paper too."""
    told = headline(reader.as_of(day).view)
    made = document(reader, Asked(as_of=day))
    [sentence], [cards] = blocks(made, "sentence"), blocks(made, "cards")
    strong = [int(p["text"]) for p in sentence["pieces"] if p["strong"]]
    wanted = [told.committed, told.announced] if told.needed is None else [
        told.committed, told.needed, told.announced]
    assert strong == wanted
    assert [card["number"] for card in cards["cards"]] == [
        str(told.shown.announced.tracked), str(told.shown.progressing.tracked),
        str(told.shown.fid.tracked), ""]
    since = {len(card["periods"]) for card in cards["cards"][:3]}
    assert since == {1 if day < date(2024, 1, 1) else 2}  # no term before it began
    assert cards["cards"][3]["nothing"] == "Not yet computed"
    printed = text_of(briefing(reader, Asked(as_of=day)))
    assert "".join(p["text"] for p in sentence["pieces"]) in printed


@pytest.mark.parametrize("asked", [Asked(), Asked(term=True), Asked(since=date(2024, 3, 1))])
def test_every_bridge_closes_to_zero(reader: Reader, asked: Asked) -> None:
    """Opening and lines sum to closing; the last line is 0 and unexplained; closing is what is."""
    [two] = blocks(document(reader, asked), "ledgers")
    counted = projects(reader.as_of().view).filter("counted")
    stands = [counted.filter(pl.col("label").is_in(labels)).height
              for labels in (["at_fid", "operating"], ["announced"])]
    for ledger, now in zip(two["ledgers"], stands, strict=True):
        opening, *lines, closing, rest = [numbers(row["number"])[0] for row in ledger["rows"]]
        assert lines
        assert opening + sum(lines) == closing == now
        assert rest == 0
        assert ledger["rows"][-1]["text"] == "unexplained"


def test_a_section_lists_exactly_the_counted_projects(reader: Reader) -> None:
    """The facts above the list sum to it, and what is left out is counted."""
    counted = projects(reader.as_of().view).filter("counted")
    for asked, chosen in ((Asked(sectors=("steel",)), pl.col("sector") == "steel"),
                          (Asked(sectors=("aviation",)), pl.col("sector") == "aviation"),
                          (Asked(countries=("FRA",)), pl.col("country").str.contains("FRA"))):
        made = document(reader, asked)
        [facts], [listed] = blocks(made, "facts"), blocks(made, "projects")
        whole = counted.filter(chosen)
        assert sum(int(fact["value"]) for fact in facts["facts"]) == whole.height > 0
        left = numbers(listed["more"])[0] if listed["more"] else 0
        assert len(listed["rows"]) + left == whole.height
        assert {row["name"] for row in listed["rows"]} <= set(whole["name"])


def test_the_term_counts_both_levels(reader: Reader) -> None:
    """Flagships never exceed all; parts sum to what they are parts of; CO2 is not a number."""
    [levels] = blocks(document(reader, Asked(term=True)), "levels")
    rows = levels["rows"]
    assert levels["heads"] == ["2024", "2025", "2026 so far", "Term"]
    for row in rows[:-1]:
        pairs = zip(row["tracked"], row["flagship"], strict=True)
        assert all(int(f) <= int(t) for t, f in pairs), row["text"]
    by_name = {row["text"]: row for row in rows}
    stated, implied = (by_name[name]["tracked"] for name in
                       ("stated", "implied by construction or later"))
    assert by_name["Reached FID"]["tracked"] == [
        str(int(s) + int(i)) for s, i in zip(stated, implied, strict=True)]
    assert rows[-1]["nothing"] == "Not yet computed"
    assert set(rows[-1]["tracked"]) == {""}
    closed = document(reader, Asked(as_of=date(2024, 11, 12), term=True))
    assert blocks(closed, "levels")[0]["heads"] == ["2024 so far", "Term"]
    assert "not yet recorded" in text_of(briefing(reader, Asked(term=True)))


# -- paper -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", VARIANTS)
def test_two_to_six_tagged_pages_that_say_their_clock(reader: Reader, name: str) -> None:
    """Every page's foot has the day, the definitions' version and its number."""
    asked = VARIANTS[name]
    made = PdfReader(io.BytesIO(briefing(reader, asked)))
    assert 2 <= len(made.pages) <= 6
    day = "12 November 2024" if asked.as_of else "4 September 2026"
    for number, page in enumerate(made.pages, 1):
        text = " ".join(page.extract_text().split())
        assert f"As known on {day} · definitions version 1" in text
        assert f"page {number} of {len(made.pages)}" in text
        assert len(text) > 300, "a page with next to nothing on it"
    root: Any = made.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert made.metadata
    assert made.metadata.title
    if FOLDER.is_dir():
        assert b"pdfuaid" in root["/Metadata"].get_data()


def test_the_same_state_gives_the_same_bytes(reader: Reader, log: Snapshot) -> None:
    """And the only date in them is the day it is known as of."""
    asked = Asked(as_of=date(2025, 6, 30), sectors=("cement",))
    first = briefing(reader, asked)
    assert first == briefing(Reader(log.public()), asked)
    metadata = PdfReader(io.BytesIO(first)).metadata
    assert metadata is not None
    assert str(metadata["/CreationDate"]).startswith("D:20250630000000")


NAMES = ("宝武湛江氢基竖炉", "مصنع الحديد الأخضر", "포스코 수소환원제철", "Зелёная сталь",
         "Πράσινος χάλυβας", "日本製鉄 水素還元", "#panic() *bold* $x$ <b>&amp; \\u{41} @ref",
         "x" * 400, "one\u202eline\nand\ttab\x07bell")


def _renamed(log: Snapshot, names: tuple[str, ...]) -> Reader:
    """The register with some steel projects called otherwise."""
    counted = projects(Reader(log).as_of().view).filter(
        pl.col("counted") & (pl.col("sector") == "steel"))
    called = dict(zip(counted["record"], names, strict=False))
    assert len(called) == len(names)
    said = pl.col("record").replace_strict(called, default=None, return_dtype=pl.String())
    return Reader(Snapshot(log.claims.with_columns(value_text=pl.when(
        (pl.col("field") == "name") & said.is_not_null()).then(said).otherwise("value_text")),
        log.releases, log.listings))


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the fonts are not set up (make assets)")
def test_names_of_all_scripts_and_hostile_ones_are_printed_as_they_are(log: Snapshot) -> None:
    """As text that can be searched, from fonts that are embedded; nothing in a name is run."""
    pdf = briefing(_renamed(log, NAMES), Asked(sectors=("steel",)))
    text = text_of(pdf)
    for name in (*NAMES[:1], *NAMES[2:6]):
        assert name in text, name
    assert "#panic() *bold* $x$ <b>&amp; \\u{41} @ref" in text
    assert "xxx" in text
    assert "x" * 201 not in text.replace(" ", "")
    assert "oneline and tabbell" in text
    fonts = {str(font.get_object()["/BaseFont"])
             for page in PdfReader(io.BytesIO(pdf)).pages
             for font in page["/Resources"]["/Font"].values()}  # type: ignore[index]
    for wanted in ("Inter", "NotoSansSC", "NotoSansKR", "NotoSansArabic"):
        assert any(wanted in name for name in fonts), wanted


def test_a_letter_that_no_font_has_costs_no_briefing(log: Snapshot) -> None:
    """A box stands for it, and the file then does not claim what it cannot keep."""
    made = PdfReader(io.BytesIO(briefing(_renamed(log, ("Plant \U00013000",)),
                                         Asked(sectors=("steel",)))))
    root: Any = made.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert len(made.pages) >= 4


def test_what_is_confidential_is_nowhere(log: Snapshot, tmp_path: Path, own: Path) -> None:
    """The command prints public claims only, whatever the register holds."""
    from groundbreak.register import log as register_log

    record = projects(Reader(log).as_of().view).filter(
        pl.col("counted") & (pl.col("sector") == "steel"))["record"][0]
    secret = log.claims.filter((pl.col("record") == record)
                               & (pl.col("field") == "name")).tail(1)
    changed = log.claims.head(0).vstack(secret.with_columns(
        value_text=pl.lit("Secret Ironworks"), visibility=pl.lit("confidential"),
        claim=pl.lit(None, pl.Int64), grade=pl.lit(1, log.claims.schema["grade"])))
    register_log.append(changed)
    target = tmp_path / "out.pdf"
    code, _, error = run(own, "briefing", "--sector", "steel", "-o", target)
    assert code == 0, error
    assert "Secret Ironworks" not in text_of(target.read_bytes())
    everything = Reader(register_log.snapshot())
    assert "Secret Ironworks" in text_of(briefing(everything, Asked(sectors=("steel",))))


# -- what is asked wrongly, and what is not there --------------------------------------------------
@pytest.fixture
def target(tmp_path: Path) -> Iterator[Path]:
    """A file to write; nothing may be half-written beside it."""
    path = tmp_path / "briefing.pdf"
    yield path
    assert not list(tmp_path.glob(".*.part"))


@pytest.mark.parametrize(("words", "said"), [
    (["--sector", "stele"], "accepted: aluminium, cement, chemicals, steel"),
    (["--country", "Atlantis"], "no country 'Atlantis'; accepted: ISO codes and names"),
    (["--as-of", "2024-13-01"], "accepted: YYYY-MM-DD"),
    (["--as-of", "1999-01-01"], "nothing is known as of 1999-01-01"),
    (["--since", "2027-01-01"], "accepted: an earlier day"),
    (["--term", "--as-of", "2023-12-01"], "the first term began on 2024-01-01"),
    (["--lang", "tlh"], "accepted: en, fr, ar"),
])
def test_bad_input_is_named_and_nothing_written(
    embedded: Path, target: Path, words: list[str], said: str
) -> None:
    code, _, error = run(embedded, "briefing", "-o", target, *words)
    assert code == 2
    assert said in " ".join(error.replace("│", " ").split())
    assert not target.exists()


def test_files_are_not_replaced_unasked_nor_written_elsewhere(embedded: Path, target: Path) -> None:
    target.write_bytes(b"mine")
    assert run(embedded, "briefing", "-o", target)[0] == 2
    assert target.read_bytes() == b"mine"
    assert run(embedded, "briefing", "-o", target, "--force")[0] == 0
    assert target.read_bytes().startswith(b"%PDF-")
    code, _, error = run(embedded, "briefing", "-o", target.parent / "none" / "a.pdf")
    assert code == 2
    assert "no such folder" in error
    assert run(embedded, "briefing", "-o", target.with_suffix(".docx"))[0] == 2


def test_a_country_without_projects_says_so(reader: Reader) -> None:
    text = text_of(briefing(reader, Asked(countries=("NPL",))))
    assert "Nepal" in text
    assert "No counted project is known here on this day." in text


def test_a_day_after_the_newest_source_says_how_old_it_is(reader: Reader) -> None:
    text = text_of(briefing(reader, Asked(as_of=date(2027, 3, 1))))
    assert "As known on 1 March 2027 · newest source of 4 September 2026" in text
    assert "Nothing that moves a figure was published." not in text
