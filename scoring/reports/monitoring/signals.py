"""What a look measured, before anything is judged from it."""

from collections.abc import Iterator
from dataclasses import dataclass

from scoring.i18n.figures import num, pct
from scoring.reports.evaluation import Said
from scoring.reports.monitoring.distribution_shift import graded
from scoring.reports.monitoring.thresholds import FEWEST, FEWEST_ODD, MISSING, ODD
from scoring.reports.monitoring.wording import Value, bilingual_text
from scoring.reports.monitoring_document import (
    LEVELS,
    Block,
    Challenger,
    Cost,
    Decisions,
    FeatureShift,
    Level,
    Light,
    Outcomes,
    Overridden,
    RawChange,
    Section,
    Shift,
    Signal,
)


@dataclass(frozen=True)
class Seen:
    """Everything measured on later clients; None where it could not be.

    Attributes
    ----------
    raw : changes of the raw tables; None where either side was not checked
    absent : history tables that training had and that are not there
    """

    clients: int
    score: Shift
    features: tuple[FeatureShift, ...]
    raw: tuple[RawChange, ...] | None
    absent: tuple[str, ...]
    decisions: Decisions
    cost: Cost
    outcomes: Outcomes | None
    blocks: tuple[Block, ...]
    overridden: Overridden | None
    challenger: Challenger | None

    @property
    def enough(self) -> bool:
        """Whether there are clients enough to judge anything."""
        return self.clients >= FEWEST


# What stands out of a look: each signal with where it is seen, its figures, its usual cause and what to do.


PER = 10_000
_RAW = {"missing": "raw_missing", "unknown code": "raw_code", "out of range": "raw_range"}


def signals_of(seen: Seen) -> tuple[Signal, ...]:
    """Every signal, the gravest first; none where clients are too few to judge."""
    if not seen.enough:
        return ()
    found = [*_of_data(seen), *_of_features(seen), *_of_score(seen), *_of_decisions(seen), *_of_outcomes(seen)]
    found += [*_of_people(seen), *_of_challenger(seen)]
    return tuple(sorted(found, key=lambda one: LEVELS.index(one.level)))


def light_of(seen: Seen, signals: tuple[Signal, ...]) -> Light:
    """The gravest signal's level; green where nothing stands out, none where clients are too few."""
    if not seen.enough:
        return "none"
    return next((level for level in LEVELS if any(one.level == level for one in signals)), "green")


def unreadable(problem: str) -> Signal:
    """That the tables could not be read at all."""
    return _signal("unreadable", "data", "red", problem=problem)


def _signal(kind: str, section: Section, level: Level, subject: str = "", **values: Value) -> Signal:
    figures = {name: one.value for name, one in values.items() if not isinstance(one, Said | str)}
    return Signal(
        kind=kind,
        section=section,
        level=level,
        subject=subject,
        says=bilingual_text(f"{kind}.says", **values),
        cause=bilingual_text(f"{kind}.cause"),
        action=bilingual_text(f"{kind}.action"),
        figures=figures,
    )


def _of_data(seen: Seen) -> Iterator[Signal]:
    for table in seen.absent:
        yield _signal("absent", "data", "red", table, table=table)
    for change in seen.raw or ():
        yield _raw(change)
    for one in seen.features:
        yield from _of_values(one, seen.clients)


def _raw(change: RawChange) -> Signal:
    kind = _RAW.get(change.check, "raw_other")
    named = f" ({', '.join(change.examples)})" if change.examples else ""
    return _signal(
        kind,
        "data",
        change.level,
        f"{change.table}.{change.column}",
        column=f"{change.table}.{change.column}",
        before=pct(change.before, 2),
        now=pct(change.now, 2),
        named=named,
        check=change.check,
    )


def _of_values(one: FeatureShift, clients: int) -> Iterator[Signal]:
    label, name = one.label, one.feature
    if one.movement == "missing":
        level = graded(abs(one.missing_now - one.missing_before), MISSING)
        before, now = pct(one.missing_before), pct(one.missing_now)
        yield _signal(
            "missing", "data", level, name, label=label, before=before, now=now, index=num(one.shift.index, 2)
        )
    if one.movement == "unit" and one.factor is not None:
        factor = num(one.factor, 0 if abs(one.factor) >= 10.0 else 4 if abs(one.factor) < 1.0 else 1)
        yield _signal("unit", "data", "red", name, label=label, factor=factor, index=num(one.shift.index, 2))
    for kind, share in (("unseen", one.unseen), ("outside", one.outside)):
        if share >= ODD[0] and round(share * clients) >= FEWEST_ODD:
            yield _signal(kind, "data", graded(share, ODD), name, label=label, share=pct(share))


def _of_features(seen: Seen) -> Iterator[Signal]:
    for one in seen.features:
        if one.movement == "drift":
            moved = one.shift.bins[0]
            yield _signal(
                "drift",
                "features",
                "amber",
                one.feature,
                label=one.label,
                index=num(one.shift.index, 2),
                chance=num(one.shift.by_chance, 2),
                bin=moved.bin,
                before=pct(moved.before),
                now=pct(moved.now),
            )


def _of_score(seen: Seen) -> Iterator[Signal]:
    if seen.score.level != "green":
        index, chance = num(seen.score.index, 2), num(seen.score.by_chance, 2)
        yield _signal("score", "score", seen.score.level, index=index, chance=chance)


def _of_decisions(seen: Seen) -> Iterator[Signal]:
    found = seen.decisions
    if found.level != "green":
        yield _signal("accept", "decisions", found.level, before=pct(found.before.accept), now=pct(found.now.accept))
    if found.review_level != "green":
        yield _signal(
            "review",
            "decisions",
            found.review_level,
            before=pct(found.before.review),
            now=pct(found.now.review),
            outside=pct(found.outside),
        )


def _of_outcomes(seen: Seen) -> Iterator[Signal]:
    if seen.outcomes is not None:
        every = seen.outcomes.all
        if every.level != "green":
            yield _signal(
                "calibration",
                "outcomes",
                every.level,
                observed=pct(every.observed.value),
                expected=pct(every.expected),
                clients=num(every.clients),
            )
        if seen.outcomes.auc_level != "green" and seen.outcomes.auc_trained is not None:
            area = seen.outcomes.auc
            yield _signal(
                "ranking",
                "outcomes",
                seen.outcomes.auc_level,
                auc=num(area.value, 3),
                low=num(area.low, 3),
                high=num(area.high, 3),
                trained=num(seen.outcomes.auc_trained.value, 3),
            )
    if seen.cost.level != "green" and seen.cost.realised is not None and seen.cost.expected_known is not None:
        yield _signal(
            "cost",
            "outcomes",
            seen.cost.level,
            realised=num(PER * seen.cost.realised.value),
            expected=num(PER * seen.cost.expected_known.value),
            high=num(PER * seen.cost.expected_known.high),
        )
    for block in seen.blocks:
        if block.calibration is not None and block.calibration.level != "green":
            found = block.calibration
            yield _signal(
                "block",
                "outcomes",
                found.level,
                block.name,
                name=block.name,
                observed=pct(found.observed.value),
                expected=pct(found.expected),
            )


def _of_people(seen: Seen) -> Iterator[Signal]:
    if seen.overridden is not None and seen.overridden.level != "green":
        rate = seen.overridden.rate
        yield _signal(
            "overrides",
            "people",
            seen.overridden.level,
            rate=pct(rate.value),
            low=pct(rate.low),
            high=pct(rate.high),
            decisions=num(seen.overridden.decisions),
        )


def _of_challenger(seen: Seen) -> Iterator[Signal]:
    found = seen.challenger
    if found is not None and found.better and found.cost is not None:
        saved, least, most = (-PER * one for one in (found.cost.mean, found.cost.high, found.cost.low))
        yield _signal(
            "challenger",
            "challenger",
            "amber",
            found.kind,
            model=bilingual_text(f"kind.{found.kind}"),
            saved=num(saved),
            least=num(least),
            most=num(most),
        )
