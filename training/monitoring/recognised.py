"""Clients of the training among those that are called later ones.

The rule: a client is recognised by what the application says, not by number, file or place: the same applications in
another order, in part, beside others or under other numbers are still those of the training. Watching on them says
nothing, for the model was made to suit them. A client who came back with another application is a later one.
"""

from typing import Final

import polars as pl

from scoring.errors import TableError
from scoring.i18n.figures import num
from scoring.model.artefacts import Artefacts
from scoring.reports.evaluation import Said
from scoring.reports.monitoring.wording import bilingual_text

TELLING: Final = (
    "credit_amount", "annuity", "goods_price", "income_total", "age_years", "years_employed", "ext_source_2",
    "ext_source_3",
)  # fmt: skip
"""Features of the application that together tell one from another."""
DIGITS: Final = 6
MOST_RECOGNISED: Final = 0.01
"""Share of later clients that may be those of the training."""
OF_TRAINING: Final = ("train", "test")


def applications_of_training(artefacts: Artefacts) -> pl.DataFrame:
    """The applications that the model was fitted and tested on."""
    found = pl.scan_parquet(artefacts.portfolio).filter(pl.col("ROLE").is_in(OF_TRAINING))
    held = found.collect_schema().names()
    return found.select(name for name in TELLING if name in held).collect()


def count_recognised(later: pl.DataFrame, trained: pl.DataFrame) -> int:
    """How many of the later applications are among those of the training."""
    names = [name for name in TELLING if name in later.columns and name in trained.columns]
    same = [pl.col(name).cast(pl.Float64).fill_nan(None).round_sig_figs(DIGITS).alias(name) for name in names]
    return later.select(same).join(trained.select(same).unique(), on=names, how="semi", nulls_equal=True).height


def check_recognised(later: pl.DataFrame, trained: pl.DataFrame) -> Said | None:
    """What is to be said of the clients of the training that are there; nothing where there are none.

    Raises
    ------
    TableError
        When they are more than one in a hundred.
    """
    found = count_recognised(later, trained)
    if found > MOST_RECOGNISED * later.height:
        raise TableError(
            f"clients to watch must be others than those of the training; got {found:,} of {later.height:,} whose "
            "application the model was trained or tested on. Give the tables of the clients since"
        )
    return bilingual_text("file.recognised", found=num(found), clients=num(later.height)) if found else None
