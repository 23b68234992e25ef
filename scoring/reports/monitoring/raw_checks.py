"""The raw tables themselves: which of the counted checks turn out otherwise than on the tables of training.

The rule: a share of rows is held to the share in training, corrected for all checks at once; so a column that went
missing, or a code that nobody had seen, is told as bad data before a feature is called drifted.
"""

from scoring.reports.monitoring.distribution_shift import graded
from scoring.reports.monitoring.sampling_noise import corrected, two_shares
from scoring.reports.monitoring.thresholds import FALSE_DISCOVERIES, FEWEST, FEWEST_ODD, MISSING, ODD
from scoring.reports.monitoring_document import RawChange
from scoring.reports.quality import Finding, Quality

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
