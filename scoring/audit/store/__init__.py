"""The ledger beneath the journal: entries in a chain, on SQLite or PostgreSQL, written in groups.

The rule: it knows nothing of models or decisions. An entry is a kind, a name and a text that it commits to; so little
is imported here that a process of its own can write it (``python -m scoring.audit.store``).
"""
