"""The shocks: each a change of the raw application tables, or of what became of the clients, with its words.

The rule: a shock is done to the tables, not to features, so that it goes the way that a real one would: through
reading, cleaning and features. Histories stay as they are.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from scoring.data.features import DICTIONARY
from scoring.i18n import Words
from scoring.model.additive_model import AdditiveModel
from scoring.model.scale import pd_of_many

TARGET = "TARGET"
EXTERNAL: Final = ("EXT_SOURCE_1", "EXT_SOURCE_2", "EXT_SOURCE_3")
WEAK, STRONG_KEPT = 0.45, 0.35
"""Below this external score every client comes by the new channel; of the others, this share."""
SILENT = 0.4
"""Share of clients for whom the bureau no longer answers."""
RENAMED: Final = "NAME_INCOME_TYPE"
"""The column whose most frequent code is renamed, where the model that serves uses no category of the application."""
NEW_CODE = "Renamed"
DOWNTURN = 1.6
"""By how much the odds of difficulties rise in a downturn."""

Apply = Callable[[pl.DataFrame, np.random.Generator], pl.DataFrame]


@dataclass(frozen=True)
class Shock:
    """One thing that goes wrong.

    Attributes
    ----------
    name : in the report
    words : what it is
    apply : changes an application table, with or without TARGET; a column ``TRUE_LOG_ODDS`` stands beside
    """

    name: str
    words: Words
    apply: Apply


def _nothing(frame: pl.DataFrame, _: np.random.Generator) -> pl.DataFrame:
    return frame


def _other_clients(frame: pl.DataFrame, generator: np.random.Generator) -> pl.DataFrame:
    """A new channel: weak external scores come as before, strong ones seldom."""
    seldom = pl.Series(generator.random(frame.height) >= STRONG_KEPT)
    return frame.filter((pl.col("EXT_SOURCE_2").fill_null(0.0) < WEAK) | ~seldom)


def _monthly_income(frame: pl.DataFrame, _: np.random.Generator) -> pl.DataFrame:
    return frame.with_columns(pl.col("AMT_INCOME_TOTAL") / 12.0)


def _silent_bureau(frame: pl.DataFrame, generator: np.random.Generator) -> pl.DataFrame:
    silent = pl.Series(generator.random(frame.height) < SILENT)
    return frame.with_columns(pl.when(silent).then(None).otherwise(pl.col(name)).alias(name) for name in EXTERNAL[1:])


def _renamed_code(column: str) -> Apply:
    def apply(frame: pl.DataFrame, _: np.random.Generator) -> pl.DataFrame:
        counts = frame[column].drop_nulls().value_counts(sort=True)
        return frame.with_columns(pl.col(column).replace(counts[column][0], NEW_CODE))

    return apply


def _category_of(model: AdditiveModel) -> str:
    """The raw column of the first category that the model uses."""
    used = (DICTIONARY[name] for name in model.features if DICTIONARY[name].table == "application")
    return next((feature.source for feature in used if feature.source), RENAMED)


def _mixed_up(frame: pl.DataFrame, generator: np.random.Generator) -> pl.DataFrame:
    """A join that lost its key: the external scores are right, but each is another client's."""
    order = generator.permutation(frame.height)
    return frame.with_columns(frame[name].gather(order) for name in EXTERNAL)


def _downturn(frame: pl.DataFrame, generator: np.random.Generator) -> pl.DataFrame:
    """The same clients, the same tables; more of them get into difficulties."""
    if TARGET not in frame.columns:
        return frame
    risk = pd_of_many(frame["TRUE_LOG_ODDS"].to_numpy() + np.log(DOWNTURN))
    return frame.with_columns(pl.Series(TARGET, (generator.random(frame.height) < risk).astype(np.int64)))


NONE: Final = "none"


def shocks_for(model: AdditiveModel) -> tuple[Shock, ...]:
    """Every shock; the first changes nothing, and tells how often the light is a false alarm.

    Parameters
    ----------
    model : the one that serves, so that what is damaged is something that it uses
    """
    column = _category_of(model)
    return (
        Shock(NONE, Words("Rien ne change", "Nothing changes"), _nothing),
        Shock(
            "other_clients",
            Words(
                "Un nouveau canal amène surtout des clients dont le score extérieur est faible",
                "A new channel brings mostly clients with a weak external score",
            ),
            _other_clients,
        ),
        Shock(
            "monthly_income",
            Words("Le revenu arrive par mois au lieu d'arriver par an", "The income comes by month instead of by year"),
            _monthly_income,
        ),
        Shock(
            "silent_bureau",
            Words(
                "Deux scores extérieurs ne viennent plus pour quatre clients sur dix",
                "Two external scores no longer come for four clients in ten",
            ),
            _silent_bureau,
        ),
        Shock(
            "renamed_code",
            Words(
                f"Le code le plus fréquent de {column} est renommé", f"The most frequent code of {column} is renamed"
            ),
            _renamed_code(column),
        ),
        Shock(
            "mixed_up",
            Words(
                "Une jointure perd sa clé : chacun reçoit les scores extérieurs d'un autre",
                "A join loses its key: everyone gets somebody else's external scores",
            ),
            _mixed_up,
        ),
        Shock(
            "downturn",
            Words(
                "La conjoncture se dégrade : mêmes dossiers, cotes de difficultés multipliées par 1,6",
                "A downturn: the same files, the odds of difficulties times 1.6",
            ),
            _downturn,
        ),
    )
