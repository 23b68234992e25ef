"""The checks of the raw applications for any some of the clients, without reading them anew: the study looks often.

The rule: they count what `scoring.data.tables.check_quality` counts; a test holds them to it.
"""

from collections.abc import Callable, Mapping

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from scoring.data.tables import TABLES, Check, Column, RawTables, check_quality
from scoring.reports.quality import Finding, Quality

APPLICATION = "application"
_CLIENTS = TABLES["application_test"]
Bools = NDArray[np.bool_]


def _outside(column: Column, values: pl.Series) -> pl.Series:
    found = pl.Series([False]).new_from_index(0, len(values))
    if column.low is not None:
        found = found | (values < column.low).fill_null(value=False)
    if column.high is not None:
        found = found | (values > column.high).fill_null(value=False)
    return found & ~values.is_in(list(column.specials)).fill_null(value=False)


_MASKS: Mapping[str, Callable[[Column, pl.Series], pl.Series]] = {
    Check.MISSING.value: lambda _, values: values.is_null(),
    Check.UNKNOWN_CODE.value: lambda column, values: ~values.is_in(list(column.codes)) & values.is_not_null(),
    Check.OUT_OF_RANGE.value: _outside,
}


class ApplicationChecks:
    """What is odd in the applications of some clients.

    Parameters
    ----------
    rows : raw applications, one a client
    """

    def __init__(self, rows: pl.DataFrame) -> None:
        frames = {APPLICATION: nw.from_native(rows.lazy())}
        self.whole = Quality.model_validate(
            {**check_quality(RawTables(frames, (), None, {})).document(), "synthetic": True}
        )
        self._found: list[tuple[Finding, Bools]] = [
            (one, _MASKS[one.check](_CLIENTS.by_name[one.column], rows[one.column]).to_numpy())
            for one in self.whole.findings
            if one.check in _MASKS and one.table == APPLICATION
        ]

    def of(self, which: NDArray[np.int64]) -> Quality:
        """The report on the clients at these places."""
        findings = tuple(
            one.model_copy(update={"count": int(mask[which].sum()), "of": len(which)}) for one, mask in self._found
        )
        return self.whole.model_copy(update={"findings": findings, "rows": {APPLICATION: len(which)}})
