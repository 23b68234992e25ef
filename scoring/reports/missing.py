"""How often each feature is missing in the portfolio, by role: counted once, from the file as training wrote it."""

from pathlib import Path

import polars as pl

from scoring.errors import ArtefactError

ROLE = "ROLE"
NOT_FEATURES = ("SK_ID_CURR", ROLE, "OUTCOME")
NEW = "new"


def missing_shares(portfolio: Path) -> dict[str, dict[str, float]]:
    """By feature, the share of the clients of each role for whom it is missing; roles as the file names them.

    Raises
    ------
    ArtefactError
        When the file is not readable.
    """
    try:
        frame = pl.scan_parquet(portfolio)
        names = [name for name in frame.collect_schema().names() if name not in NOT_FEATURES]
        counted = (
            frame.group_by(ROLE)
            .agg(pl.len().alias("clients"), *(pl.col(name).null_count() for name in names))
            .sort(ROLE)
            .collect(engine="streaming")
        )
    except (OSError, pl.exceptions.PolarsError) as error:
        raise ArtefactError(f"The clients' file must be readable Parquet; got {portfolio}: {error}.") from error
    roles, clients = counted[ROLE].to_list(), counted["clients"].to_list()
    return {
        name: {role: missing / of for role, missing, of in zip(roles, counted[name].to_list(), clients, strict=True)}
        for name in names
    }
