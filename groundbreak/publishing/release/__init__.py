"""Release packages: the register as known on a day, frozen, numbered, chained and checkable.

`building.build` makes one, `verifying.verify` checks one with nothing but the package, and
`comparing.compare` says what changed between two. A package is a folder and a zip of the same
files; neither knows its state (draft, signed, public): that is the register's to say.
"""
