"""Reading a short text by rule: which project it speaks of, and what it says of it."""
