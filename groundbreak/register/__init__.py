"""The system of record: sources, releases, append-only claims, findings, review, judgements."""
