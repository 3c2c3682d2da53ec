"""The analyst's edits: cells typed into a sheet or a prompt become claims, or are refused with the reason."""
