"""Every text of briefing and labels is translated; Arabic runs from right to left and is joined."""

from __future__ import annotations

import gettext as catalogues
import io
import re
import string
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from pypdf import PdfReader

from groundbreak.charts.fonts import FOLDER as FONTS
from groundbreak.locale.__main__ import LISTS, compiled, gathered, po_path
from groundbreak.publishing.briefing import Asked, briefing, document, typeset
from groundbreak.publishing.briefing.words import Fact, isolated, say
from groundbreak.reading import Reader
from groundbreak.vocabulary import translating
from groundbreak.vocabulary.terms import read_rows
from groundbreak.vocabulary.translating import LANGUAGES, ORIGINAL, gettext, speaking

TRANSLATED = [code for code in LANGUAGES if code != ORIGINAL]
OPENING, CLOSING = "⟦\u2068", "⟧\u2069"
VARIANTS = (Asked(sectors=("steel", "chemicals"), countries=("CHN", "NPL")), Asked(term=True),
            Asked(as_of=date(2024, 11, 12)))


class Marked(catalogues.NullTranslations):
    """A language in which every text stands in brackets, so that one without is not translated."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"


@pytest.fixture(scope="module")
def reader(embedded: Path) -> Reader:
    """The embedded register."""
    from django.db import connections

    from groundbreak.register import log
    from groundbreak.register.connection import connect

    connect(embedded)
    taken = log.snapshot()
    connections["default"].close()
    return Reader(taken.public())


# -- nothing is left untranslated ------------------------------------------------------------------
_KEYS = frozenset({"block", "segment", "state", "kind", "svg", "link", "language", "group",
                   "record"})


def leaves(value: Any, key: str = "") -> Iterator[str]:
    """Every text of a document that a reader sees, facts left out."""
    if isinstance(value, dict):
        row = "number" in value and "kind" in value
        for name, inner in value.items():
            hidden = name in _KEYS and (name != "kind" or row)
            if not hidden:
                yield from leaves(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, key)
    elif isinstance(value, str) and not isinstance(value, Fact):
        yield value


def outside(text: str) -> str:
    """What of a text is neither translated (in brackets) nor a value or fact (isolated)."""
    depth, found = 0, []
    for letter in text:
        depth += (letter in OPENING) - (letter in CLOSING)
        if depth == 0 and letter not in CLOSING:
            found.append(letter)
    assert depth == 0, text
    return "".join(found)


@pytest.mark.parametrize("asked", VARIANTS)
def test_every_text_of_a_briefing_is_a_translation_or_a_fact(
    reader: Reader, asked: Asked
) -> None:
    """In the marked language nothing but figures and signs stands outside brackets and facts."""
    # As a page from right to left, on which facts within a text are isolated and can be told.
    with speaking("ar", Marked()):
        made = document(reader, asked)
    sentences = [block["pieces"] for page in made["pages"] for block in page
                 if block["block"] == "sentence"]
    whole = ["".join(piece["text"] for piece in pieces) for pieces in sentences]
    pieces = {piece["text"] for found in sentences for piece in found}
    told = [text for text in leaves(made) if text not in pieces] + whole
    assert sum("⟦" in text for text in told) > 100
    for text in told:
        assert not re.search(r"[^\W\d_]", outside(text)), text


def test_the_template_holds_no_words() -> None:
    """Texts in quotes are keys, fonts, colours and signs; none is a sentence."""
    for path in sorted(typeset.TEMPLATE.parent.glob("*.typ")):
        code = re.sub(r"(?m)//.*$", "", path.read_text("utf-8"))
        for text in re.findall(r'"([^"]*)"', code):
            assert re.fullmatch(r"[a-z0-9_.-]*|#[0-9a-f]{6}|\{pages?\}| · |(Noto Sans|Inter|Liber)"
                                r"[\w ]*", text), f"{path.name}: {text!r}"
        assert not re.search(r"\[[^\]]*[A-Za-z]{2}", code), path.name


# -- catalogues ------------------------------------------------------------------------------------
def core() -> list[Message]:
    """What must be translated: briefing, vocabulary, places and measures."""
    parts = ("publishing/briefing/", "groundbreak/vocabulary/", "groundbreak/measures")
    return [message for message in gathered() if message.id
            and any(part in where for where, _ in message.locations for part in parts)]


def test_gathering_finds_code_templates_lists_and_plurals() -> None:
    found = {message.id if isinstance(message.id, str) else tuple(message.id)
             for message in gathered() if message.id}
    assert {"Newly announced", "FEED / permitting", "Viet Nam", "late discoveries",
            ("and {n} more", "and {n} more")} <= found
    assert any("blocktranslate" not in str(text) and "%(" in str(text) for text in found)
    for name in LISTS:
        assert {row["label"] for row in read_rows(f"{name}.csv")} <= found


@pytest.mark.parametrize("language", TRANSLATED)
def test_briefing_labels_and_measures_are_translated(language: str) -> None:
    with po_path(language).open("rb") as file:
        catalogue = read_po(file, locale=language)
    missing = []
    for message in core():
        held = catalogue.get(message.id)
        texts = (held.string if isinstance(held.string, tuple | list) else [held.string]
                 ) if held else [""]
        if not all(texts):
            missing.append(message.id)
    assert not missing, f"`make messages`, then translate: {missing[:10]}"


def _places(text: str) -> set[str]:
    named = {name for _, name, _, _ in string.Formatter().parse(text) if name}
    return named | set(re.findall(r"%\((\w+)\)", text))


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_keep_the_places_for_values(language: str) -> None:
    """A translation may leave a number out where its form says it (one, two), and nothing else."""
    with po_path(language).open("rb") as file:
        catalogue = read_po(file, locale=language)
    for message in catalogue:
        if not message.id:
            continue
        many = not isinstance(message.id, str)
        wanted = _places(message.id[1] if many else str(message.id))
        for text in (message.string if many else [message.string]):
            if text:
                left = wanted ^ _places(str(text))
                assert left <= ({"n", "count", "number"} | wanted if many else set()), text
                assert not _places(str(text)) - wanted, text


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_compiled_catalogue_is_that_of_the_texts(language: str) -> None:
    """Both files are committed; neither may lag behind."""
    path = po_path(language)
    assert path.with_suffix(".mo").read_bytes() == compiled(path), "run `make messages`"


def test_plural_forms_follow_the_number() -> None:
    """Arabic has six forms, French counts 0 as one."""
    with speaking("ar"):
        forms = {translating.ngettext("{n} month later", "{n} months later", n)
                 for n in (0, 1, 2, 3, 11, 100)}
        assert len(forms) == 6
    with speaking("fr"):
        one = translating.ngettext("and {n} more", "and {n} more", 0)
        assert one == translating.ngettext("and {n} more", "and {n} more", 1) == "et {n} autre"


# -- the language in force -------------------------------------------------------------------------
def test_numbers_and_days_are_written_as_the_language_does() -> None:
    day = date(2026, 9, 4)
    for code, number, said in (("en", "−1,234.5", "4 September 2026"),
                               ("fr", "−1\u202f234,5", "4 septembre 2026"),
                               ("ar", "−1,234.5", "4 سبتمبر 2026")):
        with speaking(code):
            assert translating.number(-1234.5, 1) == number
            assert translating.day(day) == said
    with pytest.raises(ValueError, match="accepted: en, fr, ar"), speaking("tlh"):
        pass


def test_labels_outside_django_follow_the_page() -> None:
    """What the visitor chose is what `gettext` here speaks; `speaking` goes before it."""
    from django.utils import translation

    with translation.override("fr"):
        assert gettext("Steel") == "Acier"
        assert translating.language() == "fr"
        with speaking("ar"):
            assert gettext("Steel") == "الصلب"
    with translation.override("de"):
        assert gettext("Steel") == "Steel"
        assert translating.language() == "en"
    assert gettext("Steel") == "Steel"
    assert gettext("") == ""


# -- right to left ---------------------------------------------------------------------------------
def test_values_in_a_sentence_from_right_to_left_are_isolated() -> None:
    with speaking("ar"):
        said = say("{name}: {after}", name=Fact("HYBRIT (Gällivare)"), after=2027)
        assert "\u2068HYBRIT (Gällivare)\u2069" in said
        assert isolated({"name": Fact("A (b)"), "link": Fact("https://a"), "rows": ["x"]}) == {
            "name": "\u2068A (b)\u2069", "link": "https://a", "rows": ["x"]}
    with speaking("fr"):
        assert "\u2068" not in say("{name}: {after}", name=Fact("HYBRIT"), after=2027)


def _left_edges(pdf: bytes, wanted: str) -> list[float]:
    """Where on the first page the pieces of text that hold `wanted` begin, in points."""
    found: list[float] = []

    def visit(text: str, page: Any, line: Any, _font: Any, _size: Any) -> None:
        if wanted in text:
            found.append(float(line[4] * page[0] + line[5] * page[2] + page[4]))

    PdfReader(io.BytesIO(pdf)).pages[0].extract_text(visitor_text=visit)
    return found


@pytest.mark.skipif(not FONTS.is_dir(), reason="the fonts are not set up (make assets)")
def test_the_arabic_briefing_runs_from_right_to_left(reader: Reader) -> None:
    """The name of the house stands at the right, the title's language is Arabic, letters join."""
    with speaking("ar"):
        pdf = briefing(reader, Asked())
        made = document(reader, Asked())
    with speaking("en"):
        plain = briefing(reader, Asked())
    middle = float(PdfReader(io.BytesIO(pdf)).pages[0].mediabox.width) / 2
    assert min(_left_edges(pdf, "Groundbreak")) > middle > max(_left_edges(plain, "Groundbreak"))
    root: Any = PdfReader(io.BytesIO(pdf)).trailer["/Root"]
    assert root["/Lang"] == "ar"
    assert made["rtl"]
    fonts = {str(font.get_object()["/BaseFont"])
             for page in PdfReader(io.BytesIO(pdf)).pages
             for font in page["/Resources"]["/Font"].values()}  # type: ignore[index]
    assert any("NotoSansArabic" in name for name in fonts)


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("asked", [Asked(sectors=("steel",)), Asked(term=True)])
def test_longer_languages_keep_to_six_full_pages(
    reader: Reader, language: str, asked: Asked
) -> None:
    """No page is left with a line or two that ran over."""
    with speaking(language):
        pages = PdfReader(io.BytesIO(briefing(reader, asked))).pages
    assert 2 <= len(pages) <= 6
    assert min(len(page.extract_text()) for page in pages) > 600


@pytest.mark.skipif(not FONTS.is_dir(), reason="the fonts are not set up (make assets)")
def test_arabic_letters_join(tmp_path: Path) -> None:
    """A word is narrower than its letters kept apart: the fonts given shape it."""
    import json

    import typst

    page = tmp_path / "width.typ"
    page.write_text('#set text(font: "Noto Sans Arabic", lang: "ar", dir: rtl, size: 100pt)\n'
                    "#context [#metadata((measure[معلن].width.pt(),"
                    " measure[م\u200cع\u200cل\u200cن].width.pt())) <width>]", "utf-8")
    told = json.loads(typst.query(str(page), "<width>", field="value", one=True,
                                  font_paths=[str(FONTS)], ignore_system_fonts=True))
    joined, apart = told
    assert 0 < joined < 0.9 * apart


# -- pages -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(("language", "direction", "word"), [
    ("en", "ltr", "Projects"), ("fr", "ltr", "Projets"), ("ar", "rtl", "المشاريع")])
def test_pages_speak_the_visitors_language_and_run_its_way(
    client: Any, language: str, direction: str, word: str
) -> None:
    """Every main page answers, says its language and direction, and labels follow it."""
    for path in ("/", "/projects/", "/sectors/", "/countries/", "/changes/", "/bridge/", "/gap/",
                 "/promised/", "/coverage/", "/figures/", "/method/", "/data/", "/about/"):
        answer = client.get(path, headers={"accept-language": language})
        assert answer.status_code == 200, path
        page = answer.content.decode()
        opening = re.search(r"<html[^>]*>", page)
        assert opening, path
        assert f'lang="{language}"' in opening[0], path
        assert (f'dir="{direction}"' in opening[0]) or direction == "ltr", path
        assert word in page, path
