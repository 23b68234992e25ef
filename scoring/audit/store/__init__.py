"""The hash-chained store beneath the audit log, on SQLite or PostgreSQL: an entry is a kind, a name and a text."""
