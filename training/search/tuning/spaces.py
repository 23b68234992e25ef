"""What each search may choose, and how a point of it becomes settings.

The rule: a point holds as it is, whatever the number of clients: what was searched is what is fitted.
"""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any, Literal, get_args

import numpy as np
from hyperopt import hp

from training.config import EbmSettings, ReferenceSettings, ScorecardSettings, Settings

Kind = Literal["ebm", "scorecard", "reference"]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""Both models, and the black box that prices them: it gets the same budget."""
WHOLE = frozenset(
    {
        *("terms", "pairs", "max_bins", "min_samples_leaf", "smoothing_rounds", "most"),
        *("num_leaves", "n_estimators", "min_child_samples"),
    }
)
"""Settings that are whole numbers."""

SPACES: Mapping[Kind, Mapping[str, Any]] = {
    "ebm": {
        "terms": hp.quniform("terms", 15, 40, 1),
        "pairs": hp.quniform("pairs", 0, 10, 1),
        "max_bins": hp.quniform("max_bins", 12, 64, 2),
        "min_samples_leaf": hp.qloguniform("min_samples_leaf", np.log(30), np.log(200), 5),
        "learning_rate": hp.loguniform("learning_rate", np.log(0.008), np.log(0.06)),
        "reg_lambda": hp.loguniform("reg_lambda", np.log(1.0), np.log(300.0)),
        "smoothing_rounds": hp.quniform("smoothing_rounds", 25, 400, 25),
    },
    "scorecard": {
        "max_bins": hp.quniform("max_bins", 4, 16, 1),
        "min_bin_share": hp.uniform("min_bin_share", 0.01, 0.10),
        "max_correlation": hp.uniform("max_correlation", 0.5, 0.95),
        "entry_chi2": hp.uniform("entry_chi2", 0.0, 8.0),
        "most": hp.quniform("most", 12, 25, 1),
        "regularisation": hp.loguniform("regularisation", np.log(0.003), np.log(10.0)),
    },
    "reference": {
        "num_leaves": hp.qloguniform("num_leaves", np.log(4), np.log(48), 1),
        "learning_rate": hp.loguniform("learning_rate", np.log(0.01), np.log(0.08)),
        "n_estimators": hp.quniform("n_estimators", 100, 900, 50),
        "min_child_samples": hp.qloguniform("min_child_samples", np.log(20), np.log(300), 5),
        "subsample": hp.uniform("subsample", 0.5, 1.0),
        "colsample_bytree": hp.uniform("colsample_bytree", 0.1, 1.0),
        "reg_lambda": hp.loguniform("reg_lambda", np.log(0.1), np.log(300.0)),
    },
}


def own_settings(settings: Settings, kind: Kind) -> EbmSettings | ScorecardSettings | ReferenceSettings:
    """The settings of one model."""
    if kind == "ebm":
        return settings.ebm
    return settings.scorecard if kind == "scorecard" else settings.reference


def point_of(settings: Settings, kind: Kind, positives: int) -> dict[str, float]:
    """The settings as they are for so many clients with difficulties, as a point of the space."""
    own = own_settings(settings, kind)
    values = asdict(own if isinstance(own, ReferenceSettings) else own.for_positives(positives))
    return {name: float(values[name]) for name in SPACES[kind]}


def settings_at(settings: Settings, kind: Kind, point: Mapping[str, float]) -> Settings:
    """The settings with one model's at a point."""
    values: dict[str, Any] = {name: round(v) if name in WHOLE else float(v) for name, v in point.items()}
    if kind == "ebm":
        return replace(settings, ebm=replace(settings.ebm, **values).settled())
    if kind == "scorecard":
        return replace(settings, scorecard=replace(settings.scorecard, **values).settled())
    return replace(settings, reference=replace(settings.reference, **values))


def with_own(settings: Settings, found: Mapping[Kind, Settings]) -> Settings:
    """The settings with each model's own taken from those found for it, where there are any."""
    return replace(
        settings,
        ebm=found.get("ebm", settings).ebm,
        scorecard=found.get("scorecard", settings).scorecard,
        reference=found.get("reference", settings).reference,
    )
