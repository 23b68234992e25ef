"""Everything between a client's raw tables and an explained decision."""

from typing import Final

VERSION: Final = "0.1.0"
"""The product's version, as in ``pyproject.toml``."""
