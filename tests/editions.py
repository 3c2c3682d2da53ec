"""The real files by edition: where each stands under GROUNDBREAK_DATA and when it was published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

TODAY = date(2026, 11, 23)


@dataclass(frozen=True)
class RealFile:
    """One real file."""

    source: str
    file: str
    published: date


def _files(source: str, *items: tuple[str, str]) -> tuple[RealFile, ...]:
    return tuple(RealFile(source, file, date.fromisoformat(day)) for file, day in items)


HYDROGEN = _files(
    "iea-hydrogen",
    ("iea_hydrogen/iea_h2_2021-10_original_revised.xlsx", "2021-10-31"),
    ("iea_hydrogen/iea_h2_2022-10_original.xlsx", "2022-10-31"),
    ("iea_hydrogen/iea_h2_2023-10_original_corrected.xlsx", "2023-10-30"),
    ("iea_hydrogen/iea_h2_2025-03_thehydroguy_clean.csv", "2025-03-05"),
)
HYDROGEN_CHECKED = _files(
    "iea-hydrogen",
    ("iea_hydrogen/iea_h2_2021-10_quality_checked.xlsx", "2024-07-31"),
    ("iea_hydrogen/iea_h2_2022-10_quality_checked.xlsx", "2024-07-31"),
    ("iea_hydrogen/iea_h2_2023-10_quality_checked.xlsx", "2024-07-31"),
)
HYDROGEN_RESAVED = _files(
    "iea-hydrogen", ("iea_hydrogen/iea_h2_laura-am_public_version.xlsx", "2022-11-30"))[0]
HYDROGEN_WITHOUT_IDS = _files(
    "iea-hydrogen", ("iea_hydrogen/iea_h2_devsamal_H2Projects.csv", "2022-12-31"))[0]
CCUS = _files(
    "iea-ccus",
    ("iea_ccus/iea_ccus_2024.xlsx", "2024-02-29"),
    ("iea_ccus/iea_ccus_2025.xlsx", "2025-03-31"),
)
SAF = _files(
    "saf",
    ("saf/global_saf_capacity_db_2025-06-18.xlsx", "2025-06-18"),
    ("saf/global_saf_capacity_db_2025-09-10.xlsx", "2025-09-10"),
)
GEM_STEEL = _files("gem-steel", ("gem/gem_gist_plant_2025-09.xlsx", "2025-09-30"))
LEADIT = _files(
    "leadit",
    ("leadit/leadit_gst_2021-10_via_bruegel_47.csv", "2021-10-31"),
    ("leadit/leadit_gst_europe65_2026-09-04_transcribed.csv", "2026-09-04"),
)
CIM = _files("cim", ("cim/manufacturing_energy_and_industry_facility_metadata.csv", "2025-02-18"))
PIPELINE = (*HYDROGEN, *CCUS, *SAF, *GEM_STEEL, *LEADIT, *CIM)
ASSET_BASE = (
    *_files("gem-chemicals", ("gem/gem_global_chemicals_inventory_2025-11.xlsx", "2025-11-30")),
    *_files("sfi-cement", ("sfi/SFI-Global-Cement-Database-July-2021.xlsx", "2021-07-31")),
    *_files("sfi-steel", ("sfi/SFI-Global-Steel-Database-July-2021.xlsx", "2021-07-31")),
    *_files("eu-ets", ("eu_ets/cleaned_installations3.js", "2020-12-31")),
)
