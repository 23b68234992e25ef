"""The settings of a training run: every choice that changes an artefact's bytes, in frozen dataclasses.

The rule: a stage reads its settings from here and from nowhere else, so that `as_dict` tells the whole of them to the
artefact's provenance.
"""

from dataclasses import asdict, dataclass, field, replace
from typing import Any

from scoring.model.costs import CostMatrix, MoneyAssumptions


@dataclass(frozen=True)
class SelectionSettings:
    """Bounds of the path from all features to the candidates of both glass boxes.

    Attributes
    ----------
    most_same : largest share of the clients with one and the same value, missing being one
    watched_psi, most_psi : stability index between tenths of the ids from which a feature is named, and is removed
    least_iv, suspicious_iv : information value, less what chance gives, below which a feature goes, and above which it
        is named as a possible leak
    contrary : standard errors by which a trend contradicts the declared direction before the feature goes
    max_correlation : absolute rank correlation from which two features say the same
    tie : share of the best information value of a cluster from which a plainer feature may stand for it
    most_rows, correlation_rows : clients that are enough to walk the path, and to correlate
    """

    most_same: float = 0.995
    watched_psi: float = 0.10
    most_psi: float = 0.25
    least_iv: float = 0.002
    suspicious_iv: float = 0.5
    contrary: float = 3.5
    max_correlation: float = 0.85
    tie: float = 0.95
    most_rows: int = 40_000
    correlation_rows: int = 10_000


@dataclass(frozen=True)
class EbmSettings:
    """Settings of the Explainable Boosting Machine (interpret's names where the meaning is theirs).

    Restrained on purpose: few bins and large leaves make shapes that a person can read, and lose nothing in AUC.
    What a model may hold grows with what there is to learn from, the clients with difficulties: see `for_positives`.

    Attributes
    ----------
    shortlist : largest number of candidates of the quick first fit
    terms, fewest_terms : bounds of the number of terms, pairs included
    pairs : largest number of pairs, of unconstrained features only
    max_bins, fewest_bins : bounds of the number of bins of a number
    positives_of_a_term, positives_of_a_pair, positives_of_a_bin : clients with difficulties that one more of each
        needs: with few, it learns noise
    pair_bins : largest number of cells, missing included, along one side of a pair
    rare_rows : categories with fewer training clients than this are pooled into one
    refit_shapes : whether curves that a person would question are refitted with fixed splits
    screen_bags, final_bags, fold_bags : outer bags of the quick first fit, of the served model, of a fold's model
    """

    shortlist: int = 60
    terms: int = 40
    fewest_terms: int = 30
    positives_of_a_term: int = 50
    pairs: int = 10
    positives_of_a_pair: int = 200
    max_bins: int = 32
    fewest_bins: int = 24
    positives_of_a_bin: int = 50
    pair_bins: int = 8
    min_samples_leaf: int = 60
    learning_rate: float = 0.01
    reg_lambda: float = 20.0
    validation_size: float = 0.15
    smoothing_rounds: int = 100
    max_leaves: int = 2
    max_rounds: int = 5000
    rare_rows: int = 100
    refit_shapes: bool = True
    screen_bags: int = 2
    fold_bags: int = 4
    final_bags: int = 8

    def for_positives(self, positives: int) -> "EbmSettings":
        """The settings with terms, pairs and bins that so many clients with difficulties can carry.

        >>> scaled = EbmSettings().for_positives(450)
        >>> scaled.terms, scaled.pairs, scaled.max_bins
        (30, 2, 24)
        """
        return replace(
            self,
            terms=_between(self.fewest_terms, positives // self.positives_of_a_term, self.terms),
            pairs=min(self.pairs, positives // self.positives_of_a_pair),
            max_bins=_between(self.fewest_bins, positives // self.positives_of_a_bin, self.max_bins),
        )

    def settled(self) -> "EbmSettings":
        """The settings whose largest numbers hold, however many or few the clients with difficulties."""
        return replace(self, fewest_terms=self.terms, fewest_bins=self.max_bins, positives_of_a_pair=1)


@dataclass(frozen=True)
class ScorecardSettings:
    """Settings of the scorecard: optbinning's bins, then a logistic regression on their weights of evidence.

    Attributes
    ----------
    fewest, most : number of variables wanted
    max_correlation : largest correlation between the evidence of two variables
    entry_chi2 : smallest score statistic (chi-square, 1 degree of freedom) for which a variable enters beyond `fewest`;
        0 asks for the right sign alone, of evidence that was learnt on other clients, where noise has either
    max_bins, fewest_bins : bounds of the number of bins of values of a variable
    min_bin_share : smallest share of the clients in a bin of values, and in a category that is not pooled, when the
        clients are few
    least_bin_share : the same when they are many
    positives_of_a_bin : clients with difficulties that one more bin needs
    positives_in_a_bin : clients with difficulties that are enough, on average, in a bin of the smallest share
    fewest_missing : training clients below which the missing bin gives no evidence, and the pool of rare codes takes in
        the next rarest
    regularisation : ``C`` of the logistic regression
    final_bootstraps, fold_bootstraps : whole scorecards on resampled clients, binned again, of the served model and
        of a fold's
    """

    fewest: int = 12
    most: int = 25
    max_correlation: float = 0.9
    entry_chi2: float = 0.0
    max_bins: int = 16
    fewest_bins: int = 8
    positives_of_a_bin: int = 200
    min_bin_share: float = 0.04
    least_bin_share: float = 0.01
    positives_in_a_bin: int = 40
    fewest_missing: int = 100
    regularisation: float = 0.05
    final_bootstraps: int = 20
    fold_bootstraps: int = 8

    def for_positives(self, positives: int) -> "ScorecardSettings":
        """The settings with the bins that so many clients with difficulties can carry.

        >>> [ScorecardSettings().for_positives(positives).max_bins for positives in (400, 2000, 20_000)]
        [8, 10, 16]
        """
        share = self.positives_in_a_bin / max(positives, 1)
        return replace(
            self,
            max_bins=_between(self.fewest_bins, positives // self.positives_of_a_bin, self.max_bins),
            min_bin_share=max(min(self.min_bin_share, share), min(self.least_bin_share, self.min_bin_share)),
        )

    def settled(self) -> "ScorecardSettings":
        """The settings whose largest numbers hold, however many or few the clients with difficulties."""
        return replace(self, fewest_bins=self.max_bins, least_bin_share=self.min_bin_share)


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
    """Settings of a whole run.

    Attributes
    ----------
    trials : of the search for settings, for each model; 0 trains with the settings as they are
    review_cost : of a person's look at one file, in the unit of the cost matrix; an assumption
    explained : why an AUC that looks like a leak is none; empty where there is nothing to explain
    """

    seed: int = 42
    trials: int = 0
    folds: int = 5
    test_share: float = 0.2
    review_cap: float = 0.10
    review_cost: float = 0.25
    explained: str = ""
    fewest_of_a_class: int = 50
    costs: CostMatrix = field(default_factory=CostMatrix)
    money: MoneyAssumptions = field(default_factory=MoneyAssumptions)
    selection: SelectionSettings = field(default_factory=SelectionSettings)
    ebm: EbmSettings = field(default_factory=EbmSettings)
    scorecard: ScorecardSettings = field(default_factory=ScorecardSettings)
    reference: ReferenceSettings = field(default_factory=ReferenceSettings)

    def as_dict(self) -> dict[str, Any]:
        """Every setting as plain numbers, for the artefact's provenance."""
        return asdict(self)


def _between(low: int, value: int, high: int) -> int:
    """`value`, no less than `low` and no more than `high`; a `high` below `low` wins."""
    return min(max(low, value), high)
