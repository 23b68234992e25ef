"""How soon each shock is seen: looks at more and more clients, many times over, before outcomes are known and after.

The rule: what is tried is the look that a watch makes, with its own bounds; the shock-free clients are looked at as
often, so that every rate of detection stands beside the rate of false alarms.
"""

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from scoring.data.tables import APPLICATIONS, TABLES, Check, Column, RawTables, check_quality, read_tables
from scoring.data.tables.column_types import ID_COLUMN
from scoring.model.arrays import Flags
from scoring.reports.drift_simulation import AtSize, Shocked, Told
from scoring.reports.evaluation import Said
from scoring.reports.monitoring import Later, Seen, Trained, advise, light_of, look, signals_of
from scoring.reports.monitoring_document import LEVELS, Advice, Light, Section, Signal
from scoring.reports.quality import Finding, Quality
from training.data.synthetic import write_portfolio
from training.experiments.drift_simulation.kinds import NONE, Shock, shocks_for
from training.monitoring.later import read_later
from training.parallel import Notice
from training.provenance import write_marker

# A folder of synthetic tables with a shock done to its applications.

TRUTH, TRUE_LOG_ODDS = "truth", "TRUE_LOG_ODDS"


def write_shocked(tables: Path, out: Path, shock: Shock, *, seed: int) -> None:
    """Write the tables again, with the shock done to both application tables.

    Parameters
    ----------
    tables : folder of a synthetic portfolio, with its truth
    out : folder to make
    """
    out.mkdir(parents=True)
    truth = pl.read_parquet(tables / f"{TRUTH}.parquet", columns=[ID_COLUMN, "log_odds"]).rename(
        {"log_odds": TRUE_LOG_ODDS}
    )
    clients = 0
    for path in sorted(tables.glob("*.parquet")):
        if path.stem not in APPLICATIONS:
            shutil.copyfile(path, out / path.name)
            continue
        frame = pl.read_parquet(path).join(truth, on=ID_COLUMN, how="left", maintain_order="left")
        generator = np.random.default_rng([seed, APPLICATIONS.index(path.stem)])
        changed = shock.apply(frame, generator).drop(TRUE_LOG_ODDS)
        changed.write_parquet(out / path.name)
        clients += changed.height
    write_marker(out, clients=clients, seed=seed)


# The checks of the raw applications for any some of the clients, without reading them anew: the study looks often.

APPLICATION = "application"
_CLIENTS = TABLES["application_test"]


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
        self._found: list[tuple[Finding, Flags]] = [
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


SIZES: tuple[int, ...] = (200, 300, 500, 750, 1_000, 1_500, 2_000)
"""Clients of a look."""
LOOKS = 25
"""Looks of each size, each at clients drawn anew from the pool."""
CLIENTS = 6_000
"""Synthetic clients of the pool, whom no model ever saw."""
SURE = 0.9
"""Share of looks that must see a shock for it to count as seen from that size on."""
MOST_SIGNALS = 6
ALARMS: tuple[Light, ...] = ("amber", "red")
"""Lights that somebody would act on; none at all, under the fewest clients, is no alarm."""


@dataclass(frozen=True)
class Study:
    """The whole study."""

    clients: int
    looks: int
    sure: float
    shocks: tuple[Shocked, ...]

    def as_dict(self) -> dict[str, Any]:
        """The study as plain values."""
        return {**vars(self), "shocks": [one.model_dump() for one in self.shocks]}


def steps(trained: Trained) -> int:
    """How many notices a study gives."""
    return len(shocks_for(trained.model)) + 1


def study_shocks(
    trained: Trained,
    *,
    seed: int,
    clients: int = CLIENTS,
    sizes: Sequence[int] = SIZES,
    looks: int = LOOKS,
    notice: Notice = lambda _: None,
) -> Study:
    """Do each shock to the same synthetic clients and look.

    Parameters
    ----------
    trained : the artefacts that are watched
    seed : of the clients, who must not be those of the training
    notice : told of each step as it ends; `steps` says how many there are
    """
    shocks = shocks_for(trained.model)
    with tempfile.TemporaryDirectory(prefix="clairscore-shock-") as folder:
        calm = Path(folder) / "calm"
        write_portfolio(clients, seed, calm)
        write_marker(calm, clients=clients, seed=seed)
        notice("clients made")
        found: list[Shocked] = []
        for shock in shocks:
            tables = Path(folder) / shock.name
            write_shocked(calm, tables, shock, seed=seed)
            pool = _Pool(tables, trained)
            found.append(_shocked(shock, pool, sizes, looks, seed))
            notice(shock.name)
    return Study(clients, looks, SURE, tuple(found))


class _Pool:
    """The clients of a shock: features and outcomes, and the raw rows of their applications."""

    def __init__(self, tables: Path, trained: Trained) -> None:
        self._trained = trained
        self._later = read_later(tables, trained).later
        with read_tables(tables) as raw:
            self._checks = ApplicationChecks(raw.frames["application"].collect("polars").to_native().sort(ID_COLUMN))

    def __len__(self) -> int:
        return self._later.frame.height

    def look_at(self, which: np.ndarray) -> Seen:
        """What a watch sees of some of the clients; of the raw tables it checks the applications."""
        later = replace(
            self._later,
            frame=self._later.frame[which],
            outcome=self._later.outcome[which],
            quality=self._checks.of(which),
        )
        return look(self._trained, Later(later.frame, later.outcome, None, later.quality, later.absent))


@dataclass(frozen=True)
class _Judged:
    """One look, judged without its outcomes and with them."""

    seen: Seen
    light: Light
    light_after: Light
    signals_after: tuple[Signal, ...]
    advice: Advice
    advice_after: Advice


def _judge(seen: Seen) -> _Judged:
    before = replace(
        seen,
        outcomes=None,
        cost=seen.cost.model_copy(update={"realised": None, "expected_known": None, "level": "green"}),
        blocks=(),
        challenger=None,
    )
    first, last = signals_of(before), signals_of(seen)
    return _Judged(seen, light_of(before, first), light_of(seen, last), last, advise(before, first), advise(seen, last))


def _shocked(shock: Shock, pool: _Pool, sizes: Sequence[int], looks: int, seed: int) -> Shocked:
    found: list[AtSize] = []
    judged: list[_Judged] = []
    for size in sizes:
        if size > len(pool):
            break
        # The same clients for every shock that leaves all of them: only what was done to them differs.
        generator = np.random.default_rng([seed, size])
        drawn = (np.sort(generator.choice(len(pool), size, replace=False)) for _ in range(looks))
        judged = [_judge(pool.look_at(which)) for which in drawn]
        found.append(_at_size(size, judged))
    return Shocked(
        name=shock.name,
        words=Said(fr=shock.words.fr, en=shock.words.en),
        sizes=tuple(found),
        first=_first([(one.clients, one.seen) for one in found]) if shock.name != NONE else None,
        first_after=_first([(one.clients, one.seen_after) for one in found]) if shock.name != NONE else None,
        signals=_signals(judged),
        reviewed=float(np.mean([one.seen.decisions.now.review for one in judged])),
        accepted=float(np.mean([one.seen.decisions.now.accept for one in judged])),
    )


def _at_size(size: int, judged: Sequence[_Judged]) -> AtSize:
    return AtSize(
        clients=size,
        seen=float(np.mean([one.light in ALARMS for one in judged])),
        red=float(np.mean([one.light == "red" for one in judged])),
        seen_after=float(np.mean([one.light_after in ALARMS for one in judged])),
        red_after=float(np.mean([one.light_after == "red" for one in judged])),
        advice=_counted([one.advice.action for one in judged]),
        advice_after=_counted([one.advice_after.action for one in judged]),
    )


def _counted(wording: Sequence[str]) -> dict[str, int]:
    return dict(Counter(wording).most_common())


def _first(shares: Sequence[tuple[int, float]]) -> int | None:
    """The fewest clients from which on every size sees it for sure."""
    first = None
    for clients, share in reversed(shares):
        if share < SURE:
            break
        first = clients
    return first


def _signals(judged: Sequence[_Judged]) -> tuple[Told, ...]:
    counted: Counter[tuple[str, Section]] = Counter()
    graver: dict[tuple[str, Section], int] = {}
    for one in judged:
        for key in {(signal.kind, signal.section) for signal in one.signals_after}:
            counted[key] += 1
        for signal in one.signals_after:
            key, grave = (signal.kind, signal.section), LEVELS.index(signal.level)
            graver[key] = min(graver.get(key, grave), grave)
    ranked = sorted(counted, key=lambda key: (-counted[key], graver[key], key))
    return tuple(
        Told(
            kind=kind, section=section, level=LEVELS[graver[kind, section]], share=counted[kind, section] / len(judged)
        )
        for kind, section in ranked[:MOST_SIGNALS]
    )
