"""The path inside a fold: a matrix goes in, the same clients with what the path left come out."""

import hashlib
from dataclasses import dataclass, field

from training.config import SelectionSettings
from training.data.matrix import Matrix
from training.search.selection.path import Selection, select


@dataclass(frozen=True)
class Narrowing:
    """Walks the path once for each set of clients, however many models and trials are fitted on them.

    The rule: one is made for one matrix and lives no longer; it knows clients by their numbers.
    """

    settings: SelectionSettings
    seed: int
    _found: dict[bytes, Selection] = field(default_factory=dict, repr=False, compare=False)

    def path(self, matrix: Matrix) -> Selection:
        """The path on these clients."""
        key = hashlib.sha256(matrix.ids.tobytes()).digest()
        if key not in self._found:
            self._found[key] = select(matrix, self.settings, seed=self.seed)
        return self._found[key]

    def __call__(self, matrix: Matrix) -> Matrix:
        """The same clients with the candidates that the path left."""
        kept = set(self.path(matrix).kept)
        return matrix.only([candidate for candidate in matrix.candidates if candidate.name in kept])
