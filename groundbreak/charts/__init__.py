"""Figures: a finding, its data and its drawing, for pages, downloads, slides and the briefing."""
