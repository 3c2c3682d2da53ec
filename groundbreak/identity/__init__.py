"""Which records are one phase and which phases one project."""
