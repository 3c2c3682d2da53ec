"""One module a public tracker: a file becomes an :class:`~groundbreak.history.edition.Edition`.

Every module looks alike: `LAYOUTS` (how to recognise and read each edition), its words as data in
`words/`, `read(file)` and what it covers. Nothing else knows that tracker's columns or words.
"""
