"""The journal: decisions are recorded before they are given, in a chain that shows any change."""

from scoring.journal.chain import Head
from scoring.journal.reading import Record, Replay, Verification, export, read_decision, replay, verify
from scoring.journal.record import Made, circumstances, payload_of
from scoring.journal.store import engine_of
from scoring.journal.writing import Journal, Recorded, wait

__all__ = [
    "Head",
    "Journal",
    "Made",
    "Record",
    "Recorded",
    "Replay",
    "Verification",
    "circumstances",
    "engine_of",
    "export",
    "payload_of",
    "read_decision",
    "replay",
    "verify",
    "wait",
]
