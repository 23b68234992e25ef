"""The journal: decisions are recorded before they are given, in a chain that shows any change."""

from scoring.journal.dossier import Closing, Note, Override, Past, Review
from scoring.journal.listing import Line, Listing, Wanted
from scoring.journal.reading import Kept, Record, Replay, export, read_decision, replay
from scoring.journal.record import Made, Row, batch_payload, circumstances, fingerprint, payload_of, row_of, rows_digest
from scoring.journal.verifying import Fault, Verification, verify
from scoring.journal.writing import Journal, Recorded, Recording
from scoring.ledger.chain import KINDS, Head
from scoring.ledger.entries import Salted
from scoring.ledger.store import engine_of

__all__ = [
    "KINDS",
    "Closing",
    "Fault",
    "Head",
    "Journal",
    "Kept",
    "Line",
    "Listing",
    "Made",
    "Note",
    "Override",
    "Past",
    "Record",
    "Recorded",
    "Recording",
    "Replay",
    "Review",
    "Row",
    "Salted",
    "Verification",
    "Wanted",
    "batch_payload",
    "circumstances",
    "engine_of",
    "export",
    "fingerprint",
    "payload_of",
    "read_decision",
    "replay",
    "row_of",
    "rows_digest",
    "verify",
]
