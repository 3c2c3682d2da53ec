"""Reading a page or a text: what is seen is kept, what is not is dropped, positions hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundbreak.proposing.text import MAX_BYTES, UnreadableText, fold, plain, read

PAGE = """<!doctype html><html><head><title>News &amp; more</title>
<script>var fid = "taken";</script><style>p {}</style></head>
<body><nav>Stegra | SSAB</nav><p>Hydro stopped <b>Karm&oslash;y</b>.</p>
<p>Second line.<br>Third.</p><footer>Contact</footer></body></html>"""


def test_a_page_keeps_what_a_reader_sees() -> None:
    assert read(PAGE.encode()).body == "News & more\nHydro stopped Karmøy.\nSecond line.\nThird."


def test_a_main_heading_makes_the_title_needless() -> None:
    page = "<html><head><title>Site name</title></head><body><h1>Head</h1><p>Text</p></body></html>"
    assert read(page.encode()).body == "Head\nText"


def test_a_menu_that_is_never_closed_ends_with_the_article() -> None:
    assert read(b"<html><body><nav>Menu<article><p>Words</p></article></body></html>"
                ).body == "Words"


@pytest.mark.parametrize(("data", "charset"), [
    ("Örnsköldsvik stoppas".encode(), None),
    ("Örnsköldsvik stoppas".encode("utf-8-sig"), None),
    ("Örnsköldsvik stoppas".encode("utf-16"), None),
    ("Örnsköldsvik stoppas".encode("cp1252"), None),
    ("Örnsköldsvik stoppas".encode("iso-8859-15"), "iso-8859-15"),
])
def test_encodings(data: bytes, charset: str | None) -> None:
    assert read(data, charset=charset).body == "Örnsköldsvik stoppas"


def test_a_declared_chinese_page() -> None:
    page = '<html><head><meta charset="gb18030"></head><body>赤峰项目投产</body></html>'
    assert read(page.encode("gb18030")).body == "赤峰项目投产"


@pytest.mark.parametrize("data", [b"%PDF-1.7 words", b"\x89PNG\0\0", b"", b"   ", b"12 34",
                                  b"x" * (MAX_BYTES + 1), b"word " * 30_000])
def test_what_is_no_text_is_refused_with_what_is_accepted(data: bytes) -> None:
    with pytest.raises(UnreadableText, match="accepted"):
        read(data)


def test_characters_that_hide_or_steer_are_dropped() -> None:
    assert plain("FID\u202e taken\u200b \x1b[31mnow\x07").body == "FID taken [31mnow"


def test_the_hash_is_of_the_words_not_of_their_lines() -> None:
    assert plain("one two\nthree").sha256 == plain("one  two three ").sha256
    assert plain("one two").sha256 != plain("one two three").sha256


def test_sentences_are_not_cut_at_abbreviations_and_ordinals() -> None:
    read_ = plain("Algoma of Sault Ste. Marie paid approx. 5 million. Am 8. Mai begann es. "
                  "中文。好的。")
    assert [read_.quote(span) for span in read_.sentences] == [
        "Algoma of Sault Ste. Marie paid approx. 5 million.", "Am 8. Mai begann es.", "中文。",
        "好的。"]


@given(st.text(max_size=300))
def test_a_folded_stretch_leads_back_to_its_letters(text: str) -> None:
    folded = fold(text)
    assert len(folded.origin) == len(folded.text) + 1
    assert list(folded.origin) == sorted(folded.origin)
    for place in range(len(folded.text)):
        span = folded.span(place, place + 1)
        assert folded.text[place] in fold(text[span.start : span.end]).text


@given(st.text(alphabet="abc .\n", min_size=1, max_size=600), st.integers(20, 200))
def test_a_quote_is_never_longer_than_its_limit(text: str, limit: int) -> None:
    try:
        read_ = plain(text)
    except UnreadableText:
        return
    for span in read_.sentences:
        assert len(read_.quote(span, limit)) <= limit
