"""The public API, read only, no key."""
