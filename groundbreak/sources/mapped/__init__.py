"""Lists of anybody's own: a mapping file says how a workbook is read, and is guessed first."""
