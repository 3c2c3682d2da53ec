"""Figures: a finding, its data and its drawing, for pages, downloads, slides and the briefing."""

from groundbreak.charts.figure import Figure
from groundbreak.charts.parameters import BadParameter
from groundbreak.charts.registry import FIGURES, Kind, figure, frozen

__all__ = ["FIGURES", "BadParameter", "Figure", "Kind", "figure", "frozen"]
