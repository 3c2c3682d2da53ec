"""Speed of Groundbreak beside named peers, on synthetic worlds. Never a timed test."""
