"""Mappings of lists of somebody's own, kept with their source; the newest one counts."""

from groundbreak.register.models import ListMapping
from groundbreak.sources.mapped.mapping import Mapping
from groundbreak.sources.mapped.schema import parse_mapping


def kept(source: str) -> Mapping | None:
    """The mapping that reads `source`; None where the register keeps none."""
    row = newest(source)
    return parse_mapping(row.text, f"kept mapping of {source}") if row else None


def newest(source: str) -> ListMapping | None:
    """The row that holds the mapping in force."""
    return ListMapping.objects.filter(source=source).order_by("-id").first()


def sources() -> list[str]:
    """The names of all lists that have a mapping, in order."""
    return sorted(ListMapping.objects.values_list("source", flat=True).distinct())


def keep(mapping: Mapping) -> ListMapping:
    """Keep a mapping with its source; one that says the same is not kept again."""
    row = newest(mapping.source)
    if row is not None and row.sha256 == mapping.sha256:
        return row
    return ListMapping.objects.create(source=mapping.source, text=mapping.text,
                                      sha256=mapping.sha256)


def publication(source: str) -> dict[str, str] | None:
    """What the kept mapping says of its list, as publications.csv does; None without one."""
    mapping = kept(source)
    return mapping.publication() if mapping else None
