"""`python -m groundbreak` is the command `groundbreak`."""

from groundbreak.cli import main

main()
