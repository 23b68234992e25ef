"""The errors that a caller may rely on.

The message is written for the person who has to act on it: what must hold, what was found and where, what to do.
At the edges (command line, API, pages) each becomes one message: exit code 2, an RFC 9457 problem, a notice.

The rule: an error that a caller of the API or a page may cause carries a `Said`, so that it is told in their language;
one that only whoever runs the product can cause is plain English.
"""

from scoring.i18n import Said


class ClairscoreError(Exception):
    """Base of every error whose message is meant for the user."""

    def __init__(self, message: str | Said) -> None:
        super().__init__(message)
        self.message = message

    def say(self, lang: str) -> str | None:
        """The message in a language; None where there is none in it."""
        if isinstance(self.message, Said):
            return self.message.say(lang)
        return self.message if lang == "en" else None


class TableError(ClairscoreError):
    """A raw table is absent, unreadable or not as its schema says."""


class InputError(ClairscoreError):
    """One application sent by a caller is not usable."""


class UnknownClientError(ClairscoreError):
    """The portfolio holds no client of that number."""


class ArtefactError(ClairscoreError):
    """A model file is missing, of another version, or was changed."""


class FileError(ClairscoreError):
    """A file can't be written where it was asked to be."""


class SettingsError(ClairscoreError):
    """The service's settings are unknown or contradict each other."""


class JournalError(ClairscoreError):
    """A decision can't be recorded, so it must not be given; or a record can't be read."""


class ForbiddenError(ClairscoreError):
    """What was asked for is not for whoever asks."""


class QuotaError(JournalError):
    """More was asked to be recorded than one visitor, or all of them, may have recorded in an open service."""

    def __init__(self, message: str | Said, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds


class UnknownDecisionError(ClairscoreError):
    """The journal holds no such decision."""


class UnknownReviewError(ClairscoreError):
    """The journal holds no such review."""


class OverloadedError(ClairscoreError):
    """The service has as much to do as it can; the same may be asked again later."""


class UploadError(ClairscoreError):
    """A body that was sent could not be read, for a reason that is not its own."""


class ReceiptError(ClairscoreError):
    """A receipt can't be read."""


class ConflictError(ClairscoreError):
    """What was asked for does not fit what is recorded already."""


class ErasedError(ClairscoreError):
    """What was recorded of a decision was erased."""


class KeyReusedError(ClairscoreError):
    """An idempotency key was used before, for another request."""


class KeyInUseError(ClairscoreError):
    """A batch with the same idempotency key is running already."""


class TrainingError(ClairscoreError):
    """A model cannot be trained on what was given."""


class AccessError(ClairscoreError):
    """A key or a login is not usable as given."""


class SpaceError(ClairscoreError):
    """What would go to a Space must not, or can't."""
