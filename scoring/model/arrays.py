"""Types of NumPy arrays, for all rooms."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]
Reals = NDArray[np.floating[Any]]
"""Floats of any width."""
