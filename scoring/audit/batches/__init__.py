"""Many clients decided in one batch: part by part, each recorded before it is given, in flat memory."""

from scoring.audit.batches.batch import FIRST_PART, PART, Batch, Given
from scoring.audit.batches.sources import MOST_CHARACTERS, KnownClients, RawApplications, RawClient, Refused, Source

__all__ = [
    "FIRST_PART",
    "MOST_CHARACTERS",
    "PART",
    "Batch",
    "Given",
    "KnownClients",
    "RawApplications",
    "RawClient",
    "Refused",
    "Source",
]
