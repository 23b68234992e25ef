"""Later clients read as a training reads its own, looked at by `scoring.monitoring`, and the report as a document."""

from training.watching.document import watch_document, watch_of
from training.watching.later import LaterClients, read_later, read_trained

__all__ = ["LaterClients", "read_later", "read_trained", "watch_document", "watch_of"]
