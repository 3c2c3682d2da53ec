"""`python -m groundbreak.locale` (`make messages`) gathers all texts and brings catalogues in step.

Texts come from the code, the templates, the vocabulary's lists and the names of measures. What a
catalogue had translated stays; what is new is left empty and what nobody says any more goes. The
compiled catalogues are written beside, and are committed: a plain `pip install .` then needs
neither Babel nor gettext.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from groundbreak.vocabulary.translating import DOMAIN, FOLDER, LANGUAGES, ORIGINAL

ROOT = Path(__file__).parent.parent
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None, "noop": None,
    "say": None, "emphasised": None, "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "counted": (1, 2), "pgettext": ((1, "c"), 2),  # type: ignore[dict-item]
}
LISTS = ("sectors", "stages", "activities", "stop_reasons", "scales", "milestones",
         "gate_criteria", "barriers", "evidence_grades", "products", "routes")
UNDATED = datetime(2024, 1, 1, tzinfo=UTC)  # a compiled catalogue always states some day
Found = tuple[str | tuple[str, str], str, str | None]  # text (or two forms), where, context


def gathered() -> Catalog:
    """Every text that is to be translated, with the files it stands in."""
    catalogue = Catalog(project="groundbreak")
    for text, where, context in (*_code(), *_templates(), *_lists(), *_measures()):
        catalogue.add(text, locations=[(where, 1)], context=context,
                      flags=_flags(text))
    return catalogue


def _flags(text: str | tuple[str, str]) -> tuple[str, ...]:
    return ("python-format",) if "%(" in (text if isinstance(text, str) else text[1]) else ()


def _texts(source: bytes, where: str) -> Iterator[Found]:
    for _line, texts, _comments, context in extract("python", io.BytesIO(source), KEYWORDS):
        if texts and (texts if isinstance(texts, str) else texts[0]):
            yield texts, where, context  # type: ignore[misc]


def _code() -> Iterator[Found]:
    for path in sorted(ROOT.rglob("*.py")):
        where = path.relative_to(ROOT.parent).as_posix()
        if "/migrations/" not in where and "/locale/" not in where:
            yield from _texts(path.read_bytes(), where)


def _templates() -> Iterator[Found]:
    import django
    from django.conf import settings
    from django.utils.translation.template import templatize

    if not settings.configured:  # templatize asks for nothing but the file's encoding
        settings.configure()
        django.setup()
    for path in sorted((ROOT / "site" / "templates").rglob("*")):
        if path.suffix in (".html", ".txt", ".xml"):
            where = path.relative_to(ROOT.parent).as_posix()
            code = templatize(path.read_text("utf-8"), origin=str(path))
            yield from _texts(code.encode(), where)


def _lists() -> Iterator[Found]:
    from groundbreak.vocabulary import countries
    from groundbreak.vocabulary.fields import label, plain_fields
    from groundbreak.vocabulary.terms import read_rows

    for name in LISTS:
        for row in read_rows(f"{name}.csv"):
            yield row["label"], f"groundbreak/vocabulary/{name}.csv", None
    for country in countries.all_countries():
        yield country.name, "groundbreak/vocabulary/countries.csv", None
    for grouping in countries.groupings():
        yield grouping, "groundbreak/vocabulary/groupings.csv", None
    for field in plain_fields():
        yield label(field), "groundbreak/vocabulary/fields.py", None


def _measures() -> Iterator[Found]:
    """The names of measures, lines, groups and rules, which stand beside their code."""
    from groundbreak.measures.bridge import LINES
    from groundbreak.measures.changes import GROUPS
    from groundbreak.measures.gap import RULES
    from groundbreak.measures.promises import BASES, OUTCOMES
    from groundbreak.measures.scorecard import CAVEAT, MEASURES

    for names in (LINES, GROUPS, RULES, MEASURES, BASES, OUTCOMES):
        for text in names.values():
            yield text, "groundbreak/measures", None
    yield CAVEAT, "groundbreak/measures", None


def renewed(template: Catalog, language: str) -> Catalog:
    """The catalogue of a language with exactly the texts of `template`."""
    path = po_path(language)
    kept = Catalog(locale=language)
    if path.exists():
        with path.open("rb") as file:
            kept = read_po(file, locale=language)
    kept.update(template, no_fuzzy_matching=True)
    kept.obsolete.clear()
    return kept


def po_path(language: str) -> Path:
    """Where the catalogue of a language lies; the compiled one beside it ends in .mo."""
    return FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def write(catalogue: Catalog, language: str) -> None:
    """Both files of a catalogue: what people edit, and what programs read."""
    path = po_path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    head = (f"# Groundbreak in {LANGUAGES[language]}.\n"
            f'msgid ""\nmsgstr ""\n"Language: {language}\\n"\n'
            '"MIME-Version: 1.0\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
            '"Content-Transfer-Encoding: 8bit\\n"\n'
            f'"Plural-Forms: {catalogue.plural_forms};\\n"\n\n')
    body = io.BytesIO()
    write_po(body, catalogue, width=100, sort_output=True, omit_header=True, include_lineno=False,
             ignore_obsolete=True)
    path.write_text(head.replace(";;", ";") + body.getvalue().decode().strip() + "\n", "utf-8")
    path.with_suffix(".mo").write_bytes(compiled(path))


def compiled(path: Path) -> bytes:
    """A catalogue as programs read it, without dates, so that it changes only with its texts."""
    with path.open("rb") as file:
        catalogue = read_po(file, locale=path.parent.parent.name)
    catalogue.creation_date = catalogue.revision_date = UNDATED
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def main() -> None:
    """Bring every catalogue in step and say what is left to translate."""
    template = gathered()
    for language in LANGUAGES:
        if language == ORIGINAL:
            continue
        catalogue = renewed(template, language)
        write(catalogue, language)
        left = sum(not _translated(message.string) for message in catalogue if message.id)
        print(f"{LANGUAGES[language]}: {len(catalogue) - left:,} of {len(catalogue):,} texts, "
              f"{left:,} left to translate")


def _translated(text: str | Sequence[str] | None) -> bool:
    return bool(text) if text is None or isinstance(text, str) else all(text)


if __name__ == "__main__":
    main()
