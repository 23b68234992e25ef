"""The settings of a training run: every choice that changes an artefact's bytes, in frozen dataclasses.

The rule: a stage reads its settings from here and from nowhere else, so that `as_dict` tells the whole of them to the
artefact's provenance.
"""

from dataclasses import asdict, dataclass, field
from typing import Any

from scoring.costs import CostMatrix


@dataclass(frozen=True)
class EbmSettings:
    """Settings of the Explainable Boosting Machine (interpret's names where the meaning is theirs).

    Restrained on purpose: few bins and large leaves make shapes that a person can read, and lose nothing in AUC.

    Attributes
    ----------
    shortlist : largest number of candidates of the quick first fit
    terms : largest number of terms, pairs included
    pairs : largest number of pairs, of unconstrained features only
    positives_of_a_pair : clients with difficulties that one pair needs: with few, pairs learn noise
    pair_bins : largest number of cells, missing included, along one side of a pair
    rare_rows : categories with fewer training clients than this are pooled into one
    screen_bags, final_bags, fold_bags : outer bags of the quick first fit, of the served model, of a fold's model
    """

    shortlist: int = 60
    terms: int = 30
    pairs: int = 6
    positives_of_a_pair: int = 200
    max_bins: int = 24
    pair_bins: int = 8
    min_samples_leaf: int = 60
    learning_rate: float = 0.01
    reg_lambda: float = 20.0
    validation_size: float = 0.15
    smoothing_rounds: int = 100
    max_leaves: int = 2
    rare_rows: int = 100
    screen_bags: int = 2
    fold_bags: int = 4
    final_bags: int = 8


@dataclass(frozen=True)
class ScorecardSettings:
    """Settings of the scorecard: optbinning's bins, then a logistic regression on their weights of evidence.

    Attributes
    ----------
    fewest, most : number of variables wanted
    max_correlation : largest correlation between the evidence of two variables
    entry_chi2 : smallest score statistic (chi-square, 1 degree of freedom) for which a variable enters beyond `fewest`
    min_bin_share : smallest share of the clients in a bin of values, and in a category that is not pooled
    fewest_missing : training clients below which the missing bin gives no evidence
    regularisation : ``C`` of the logistic regression
    bootstraps : refits of the weights of evidence and coefficients, edges unchanged
    """

    fewest: int = 12
    most: int = 25
    max_correlation: float = 0.9
    entry_chi2: float = 2.0
    max_bins: int = 8
    min_bin_share: float = 0.04
    fewest_missing: int = 100
    regularisation: float = 0.05
    bootstraps: int = 20


@dataclass(frozen=True)
class ReferenceSettings:
    """Settings of the gradient-boosted reference (LightGBM's names)."""

    num_leaves: int = 15
    learning_rate: float = 0.03
    n_estimators: int = 350
    min_child_samples: int = 60
    subsample: float = 0.8
    colsample_bytree: float = 0.4
    reg_lambda: float = 10.0


@dataclass(frozen=True)
class Settings:
    """Settings of a whole run."""

    seed: int = 42
    trials: int = 0
    folds: int = 5
    test_share: float = 0.2
    review_cap: float = 0.10
    review_k_most: float = 1.645
    fewest_of_a_class: int = 50
    costs: CostMatrix = field(default_factory=CostMatrix)
    ebm: EbmSettings = field(default_factory=EbmSettings)
    scorecard: ScorecardSettings = field(default_factory=ScorecardSettings)
    reference: ReferenceSettings = field(default_factory=ReferenceSettings)

    def as_dict(self) -> dict[str, Any]:
        """Every setting as plain numbers, for the artefact's provenance."""
        return asdict(self)
