"""Eligibility, the four measures, the bridge, the gap: each a function of a view.

Every measure returns figures (cell, value, unit, definition version) and the projects behind them
(cell, project, the claim that put it there).
"""

DEFINITION_VERSION = "1"
