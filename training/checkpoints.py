"""Results of a long study, kept as its parts end, so that one that was stopped goes on where it was.

The rule: what was kept is used again only by a study of the very same key (data, settings, code); a part that a stop
cut short is not there.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.files import file_aside

Arrays = Mapping[str, NDArray[Any]]
DIGITS = 16


class Checkpoints:
    """Arrays by name, in a folder of their own below `folder`, named after the study and its key.

    Parameters
    ----------
    key : plain values; another key is another folder
    """

    def __init__(self, folder: Path, study: str, key: Mapping[str, Any]) -> None:
        digest = hashlib.sha256(json.dumps(key, sort_keys=True, allow_nan=False).encode()).hexdigest()
        self._folder = folder / f"{study}-{digest[:DIGITS]}"

    def __contains__(self, name: str) -> bool:
        return self._path(name).is_file()

    def put(self, name: str, arrays: Arrays) -> None:
        """Keep the arrays of one part, whole or not at all."""
        with file_aside(self._path(name)) as aside, aside.open("wb") as file:
            np.savez(file, allow_pickle=False, **arrays)

    def get(self, name: str) -> dict[str, NDArray[Any]]:
        """The arrays of one part.

        Raises
        ------
        KeyError
            When it was not kept.
        """
        if name not in self:
            raise KeyError(name)
        with np.load(self._path(name), allow_pickle=False) as arrays:
            return {key: arrays[key] for key in arrays.files}

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.npz"
