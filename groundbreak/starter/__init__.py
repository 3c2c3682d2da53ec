"""The embedded register a fresh machine shows: dated facts of named projects, in our own words.

Nothing here is made up: every row names its publisher, address, date and the row of the collected
facts it comes from (`source_row`), which a test follows where those files are present.
"""
