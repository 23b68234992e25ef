"""One look at later clients: everything measured, then what stands out, then what to do.

The rule: nothing here learns anything for the service. It scores later clients with the artefacts as they are, and
holds what it sees to the artefacts' own figures.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scoring.data.tables.column_types import ID_COLUMN
from scoring.model.additive_model import AdditiveModel, Lookup
from scoring.model.additive_model.lookup import ScoredMany
from scoring.model.arrays import Floats
from scoring.model.decision import decide_many
from scoring.model.scale import pd_of_many
from scoring.model.statistics import Interval, paired_difference, two_shares, wilson
from scoring.reports.monitoring.distribution_shift import corrected, feature_shifts, graded, score_shift
from scoring.reports.monitoring.outcomes import RESAMPLES, Known, auc_of, calibration_of, cost_of, gap_of, outcomes_of
from scoring.reports.monitoring.signals import Seen
from scoring.reports.monitoring.thresholds import (
    ACCEPTED,
    ALONE,
    BLOCKS,
    FALSE_DISCOVERIES,
    FEWEST,
    FEWEST_ODD,
    MISSING,
    ODD,
    OVERRIDES,
    REVIEWED,
    SEED,
)
from scoring.reports.monitoring_document import Block, Challenger, Decisions, Overridden, RawChange, Shares
from scoring.reports.quality import Finding, Quality

# The raw tables themselves: which of the counted checks turn out otherwise than on the tables of training.

APPLICATION = "application"
MISSING_CHECK = "missing"
PASSED_OVER = frozenset({"no history"})
"""Checks that say something of clients rather than of data."""


def raw_changes(before: Quality, now: Quality) -> tuple[RawChange, ...]:
    """The checks whose share of rows changed, the gravest first."""
    known = {_key(one): one for one in before.findings}
    of_training, clients = before.rows[APPLICATION], now.rows[APPLICATION]
    pairs = [
        (known[_key(one)], one)
        for one in now.findings
        if one.check not in PASSED_OVER and _counted(one) and _key(one) in known and _counted(known[_key(one)])
    ]
    rates = corrected([_chance(old, new, of_training, clients) for old, new in pairs])
    changes = [
        RawChange(
            table=new.table,
            column=new.column,
            check=new.check,
            rule=new.rule,
            before=old.share,
            now=new.share,
            rows=new.of,
            q=rate,
            level=graded(abs(new.share - old.share), MISSING if new.check == MISSING_CHECK else ODD),
            examples=tuple(new.examples),
        )
        for (old, new), rate in zip(pairs, rates, strict=True)
        if rate <= FALSE_DISCOVERIES and clients >= FEWEST and _enough(old, new)
    ]
    called = [one for one in changes if one.level != "green"]
    return tuple(sorted(called, key=lambda one: (one.level != "red", -abs(one.now - one.before))))


def _chance(old: Finding, new: Finding, of_training: int, clients: int) -> float:
    """The rows of one client are alike: a table counts for no more rows than it has clients."""
    first, second = min(old.of, of_training), min(new.of, clients)
    return two_shares(round(old.share * first), first, round(new.share * second), second)


def _enough(old: Finding, new: Finding) -> bool:
    """A change that rests on a handful of rows is an accident; fewer odd rows than before are no news."""
    if new.check == MISSING_CHECK:
        return True
    return new.share > old.share and (new.count or 0) >= FEWEST_ODD


def _counted(one: Finding) -> bool:
    return one.count is not None and one.of > 0


def _key(one: Finding) -> tuple[str, str, str, str]:
    return one.table, one.column, one.check, one.rule


# What people made of the decisions: how often a person said otherwise, and in which direction.


@dataclass(frozen=True)
class Overrides:
    """Counts of the journal.

    Attributes
    ----------
    decisions : recorded, of one model
    moves : overrides of them by (outcome as decided, outcome instead)
    """

    decisions: int
    moves: Mapping[tuple[str, str], int]


def overridden(counts: Overrides) -> Overridden:
    """The rate with its interval; graded by the lower end, and from 200 decisions on."""
    overruled = sum(counts.moves.values())
    share = wilson(min(overruled, counts.decisions), counts.decisions) if counts.decisions else Interval(0.0, 0.0, 1.0)
    rate = overruled / counts.decisions if counts.decisions else 0.0
    return Overridden(
        decisions=counts.decisions,
        overridden=overruled,
        rate=Interval(rate, share.low, share.high),
        moves={f"{first}>{second}": count for (first, second), count in sorted(counts.moves.items())},
        level=graded(share.low, OVERRIDES) if counts.decisions >= FEWEST else "green",
    )


@dataclass(frozen=True, eq=False)
class Trained:
    """What later clients are held against.

    Attributes
    ----------
    model : the one that serves
    challenger : the other glass box
    compared : clients of training whom no model was fitted on, a column for each feature of both models
    outcome : theirs, 1 or 0; None where it is not told
    quality : what was odd in the tables of training
    """

    model: AdditiveModel
    challenger: AdditiveModel | None
    compared: pl.DataFrame
    outcome: Floats | None = None
    quality: Quality | None = None

    @property
    def features(self) -> list[str]:
        """The features of both models, each once."""
        return list(dict.fromkeys([*self.model.features, *(self.challenger.features if self.challenger else ())]))


@dataclass(frozen=True, eq=False)
class Later:
    """Later clients, sorted by number.

    Attributes
    ----------
    frame : SK_ID_CURR, then a column for each feature of both models
    outcome : 1 or 0, and NaN where it is not known; shape (clients,)
    periods : the stretch of time that each client belongs to, where the caller knows one
    quality : what is odd in their tables
    absent : history tables that training had and that are not there
    """

    frame: pl.DataFrame
    outcome: Floats
    periods: Sequence[str] | None = None
    quality: Quality | None = None
    absent: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class _Side:
    """One model's scores of later clients and of those that they are held against."""

    model: AdditiveModel
    now: ScoredMany
    before: ScoredMany

    @property
    def declined(self) -> NDArray[np.bool_]:
        return pd_of_many(self.now.log_odds) > self.model.rule.threshold


def look(trained: Trained, later: Later, overrides: Overrides | None = None) -> Seen:
    """Measure everything there is to measure.

    Parameters
    ----------
    overrides : what the journal tells, where there is one
    """
    side = _side(trained.model, trained, later)
    is_known = ~np.isnan(later.outcome)
    known = Known(side.now.log_odds[is_known], later.outcome[is_known] == 1.0) if is_known.any() else None
    tested = None if trained.outcome is None else Known(side.before.log_odds, trained.outcome == 1.0)
    costs = trained.model.rule.costs
    before = None if tested is None else costs.per_client(tested.target, tested.pd > costs.threshold)
    return Seen(
        clients=later.frame.height,
        score=score_shift(side.before.log_odds, side.now.log_odds, trained.model.scale),
        features=feature_shifts(trained.model, later.frame),
        raw=None if later.quality is None or trained.quality is None else raw_changes(trained.quality, later.quality),
        absent=later.absent,
        decisions=_decisions(side),
        cost=cost_of(side.now.log_odds, known, costs, before),
        outcomes=None if known is None else outcomes_of(known, costs, tested),
        blocks=_blocks(side, later),
        overridden=None if overrides is None else overridden(overrides),
        challenger=None if trained.challenger is None else _challenger(trained.challenger, side, trained, later),
    )


def _side(model: AdditiveModel, trained: Trained, later: Later) -> _Side:
    lookup = Lookup(model)
    return _Side(model, lookup.score_many(later.frame), lookup.score_many(trained.compared))


def _shares(model: AdditiveModel, scored: ScoredMany) -> Shares:
    decided = decide_many(model, scored)["decision"]
    clients = len(decided)
    accept, review, decline = (int((decided == one).sum()) / clients for one in ("accept", "review", "decline"))
    return Shares(clients=clients, accept=accept, review=review, decline=decline)


def _decisions(side: _Side) -> Decisions:
    before, now = _shares(side.model, side.before), _shares(side.model, side.now)
    p = two_shares(round(before.accept * before.clients), before.clients, round(now.accept * now.clients), now.clients)
    enough = now.clients >= FEWEST
    # Reviews are held to what training allowed, or met on its test clients where that was more.
    allowed = max(side.model.rule.review_cap, before.review)
    low = wilson(round(now.review * now.clients), now.clients).low
    return Decisions(
        before=before,
        now=now,
        accept_p=p,
        outside=float(side.now.outside.mean()),
        level=graded(abs(now.accept - before.accept), ACCEPTED) if enough and p <= ALONE else "green",
        review_level=graded(low / allowed, REVIEWED) if enough and allowed else "green",
    )


def _blocks(side: _Side, later: Later) -> tuple[Block, ...]:
    """Stretches in the order of the clients' numbers, or of their periods; each large enough to be judged."""
    ids = later.frame[ID_COLUMN].to_numpy()
    groups = _stretches(len(ids)) if later.periods is None else _by_period(later.periods)
    groups = [(name, at) for name, at in groups if len(at) >= FEWEST]
    known = [at[~np.isnan(later.outcome[at])] for _, at in groups]
    judged = [Known(side.now.log_odds[at], later.outcome[at] == 1.0) if len(at) >= FEWEST else None for at in known]
    # Several stretches are looked at together: their chances are corrected as those of features.
    rates = iter(corrected([gap_of(one) for one in judged if one is not None]))
    declined = side.declined
    blocks = []
    for (name, at), one in zip(groups, judged, strict=True):
        blocks.append(
            Block(
                name=name,
                first=int(ids[at].min()),
                last=int(ids[at].max()),
                shift=score_shift(side.before.log_odds, side.now.log_odds[at], side.model.scale).index,
                accept=float(1.0 - declined[at].mean()),
                calibration=None if one is None else calibration_of(one, chance=next(rates), rarely=FALSE_DISCOVERIES),
            )
        )
    return tuple(blocks)


def _stretches(clients: int) -> list[tuple[str, NDArray[np.int64]]]:
    count = min(BLOCKS, clients // FEWEST)
    if count < 2:
        return []
    return [(str(number), at) for number, at in enumerate(np.array_split(np.arange(clients), count), start=1)]


def _by_period(periods: Sequence[str]) -> list[tuple[str, NDArray[np.int64]]]:
    given = np.asarray(periods)
    return [(str(name), np.flatnonzero(given == name)) for name in sorted(set(periods))]


def _challenger(model: AdditiveModel, champion: _Side, trained: Trained, later: Later) -> Challenger:
    side = _side(model, trained, later)
    is_known = ~np.isnan(later.outcome)
    area, difference = None, None
    if int(is_known.sum()) >= FEWEST:
        bad = later.outcome[is_known] == 1.0
        target, costs = bad.astype(np.int8), model.rule.costs
        area = auc_of(Known(side.now.log_odds[is_known], bad))
        difference = paired_difference(
            costs.of_each(target, side.declined[is_known]),
            costs.of_each(target, champion.declined[is_known]),
            seed=SEED,
            resamples=RESAMPLES,
            outside=ALONE,
        )
    return Challenger(
        kind=model.kind,
        version=model.model_version,
        index=score_shift(side.before.log_odds, side.now.log_odds, model.scale),
        expected=cost_of(side.now.log_odds, None, model.rule.costs, None).expected.value,
        other=float((side.declined != champion.declined).mean()),
        auc=area,
        cost=difference,
        better=difference is not None and difference.high < 0.0,
    )
