"""Summary statistics of how the main table's columns hang together: one small tree a column.

``python -m training.data.synthetic.fit_dependencies FOLDER`` reads application_train.parquet of the folder and writes
relations.json beside this file. For each column there is its distribution (values that twenty rows or more share, and
quantiles of the rest with twenty rows or more between two of them), and a tree that sorts the rows into a few dozen
groups of sixty or more by the columns before it (`sequence`); of a group's numbers eleven quantiles are kept, as
ranks to a hundredth, of its levels shares to a hundredth, those of fewer than twenty rows pooled. No row can be
rebuilt from it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from scipy.special import ndtri
from scipy.stats import rankdata
from sklearn.tree import DecisionTreeRegressor

from scoring.data.tables.application_columns import HOUSING_MEASURES
from scoring.errors import TableError
from scoring.model.arrays import Integers, Reals
from training.data.synthetic.sequence import CATEGORIES, JOINED, MISSING, NEAR, ORDER, copied

OUT = Path(__file__).with_name("relations.json")
FEWEST, GROUP, MOST_GROUPS = 20, 60, 80
DUMMY_FROM = 150
"""Rows that a level needs to be asked for by a tree."""
UNKNOWN_NUMBER = -1e9
SMOOTH = 30
"""Rows of the whole added to a group, so that its shares are never those of the group alone."""
DECILES = np.linspace(0, 1, 11)
LEAST_WEIGHT, LEAST_SHARE = 0.02, 0.25
"""A column has a line when the scores before it explain a quarter of its own; smaller weights are left out."""
LINE = "(line)"
"""What trees call the line."""


def quantities(frame: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, dict[str, Any]]]:
    """Return the drawn quantities of real applications, and each measure's factors between its forms."""
    frame = frame.with_columns(
        DAYS_EMPLOYED=pl.when(pl.col("DAYS_EMPLOYED") < 0).then(pl.col("DAYS_EMPLOYED")),
        ID_AGE=(pl.col("DAYS_ID_PUBLISH") - pl.col("DAYS_BIRTH")) / 365.25,
        CREDIT_PER_GOODS=(pl.col("AMT_CREDIT") / pl.col("AMT_GOODS_PRICE")).round(4),
        CREDIT_PER_ANNUITY=pl.col("AMT_CREDIT") / pl.col("AMT_ANNUITY"),
        OWN_CAR_AGE=pl.when(pl.col("OWN_CAR_AGE") < 60).then(pl.col("OWN_CAR_AGE")),
        OCCUPATION_TYPE=pl.col("OCCUPATION_TYPE").fill_null("(none)"),
        EXT_SOURCE_1_NONE=pl.col("EXT_SOURCE_1").is_null().cast(pl.Int8).cast(pl.String),
        NAME_TYPE_SUITE=pl.col("NAME_TYPE_SUITE").fill_null("(none)"),
        **{
            name: pl.concat_str(
                [pl.col(c).is_null().cast(pl.Int8) if name in MISSING else pl.col(c) for c in columns], separator="|"
            )
            for name, columns in JOINED.items()
        },
    )
    factors: dict[str, dict[str, Any]] = {}
    for measure in HOUSING_MEASURES:
        average = frame[f"{measure}_AVG"].to_numpy()
        known, same, factors[measure] = np.isfinite(average), {}, {}
        for form in ("MODE", "MEDI"):
            value = frame[f"{measure}_{form}"].to_numpy()
            whole = copied(measure, average, 1.0)
            base, other = (1 - whole, 1 - value) if measure.startswith("YEARS") else (whole, value)
            usable = known & (base > 0.02)
            factor = float(f"{np.median(other[usable] / base[usable]):.4g}")
            copy = copied(measure, average, factor)
            same[form] = np.abs(value - copy) <= NEAR
            factors[measure][form] = {"factor": factor, "copies": copies(average[same[form]], value[same[form]])}
            ratio = np.where(same[form], np.nan, (value + 0.01) / (copy + 0.01))
            frame = frame.with_columns(pl.Series(f"{measure}_{form}", ratio))
        flags = [f"{int(a)}{int(b)}" if k else None for a, b, k in zip(same["MODE"], same["MEDI"], known, strict=True)]
        frame = frame.with_columns(
            pl.Series(f"{measure}_SAME", flags, dtype=pl.String),
        )
    return frame, factors


def copies(average: Reals, value: Reals) -> dict[str, float]:
    """Return the other form of each average that has one and the same in twenty rows or more."""
    out = {}
    for common in np.unique(average):
        forms, counts = np.unique(value[average == common], return_counts=True)
        if counts.max() >= FEWEST:
            out[f"{common:.4f}"] = round(float(forms[counts.argmax()]), 4)
    return out


def distribution(values: Reals) -> dict[str, list[float]]:
    """Return the distribution function of a column as joined knots: common values as steps, the rest as lines.

    Parameters
    ----------
    values
        Known values. A value is common when `FEWEST` rows share it; between two neighbouring knots of the rest there
        are as many rows or more.
    """
    unique, counts = np.unique(values, return_counts=True)
    common = counts >= FEWEST
    rest = np.sort(np.repeat(unique[~common], counts[~common]))
    knots = np.empty(0)
    at = np.empty(0)
    if rest.size >= 3 * FEWEST:
        pieces = int(min(rest.size // FEWEST, 120))
        at = (np.arange(pieces) + 0.5) / pieces
        knots = np.asarray([float(f"{q:.4g}") for q in np.quantile(rest, at)])
        # The ends reach half a piece beyond what is kept.
        knots = np.concatenate([[2 * knots[0] - knots[1]], knots, [2 * knots[-1] - knots[-2]]])
        at = np.concatenate([[0.0], at, [1.0]])
    share = rest.size / values.size if knots.size else 0.0
    places = np.unique(np.concatenate([knots, unique[common]]))
    weights = dict(zip(unique[common], counts[common] / counts[common].sum() * (1 - share), strict=True))
    p, v, before = [], [], 0.0
    for place in places:
        smooth = share * float(np.interp(place, knots, at)) if knots.size else 0.0
        p.append(smooth + before)
        v.append(float(place))
        if place in weights:
            before += float(weights[place])
            p.append(smooth + before)
            v.append(float(place))
    return {"p": [round(x, 5) for x in p], "v": [float(f"{x:.7g}") for x in v]}


def predictors(frame: pl.DataFrame, names: Sequence[str]) -> tuple[Reals, list[tuple[str, str | None]]]:
    """Return what the trees may ask: numbers, and levels as 0 and 1; with the meaning of each column."""
    columns: list[Reals] = []
    meaning: list[tuple[str, str | None]] = []
    for name in names:
        if name in CATEGORIES:
            counted = frame[name].drop_nulls().value_counts(sort=True)
            levels = [str(level) for level, count in counted.iter_rows() if count >= DUMMY_FROM]
            for level in levels[:-1] if len(levels) == counted.height else levels:
                columns.append((frame[name].fill_null("") == level).to_numpy().astype(float))
                meaning.append((name, level))
            if name == "BUILDING":
                texts = frame[name].to_list()
                for i, part in enumerate(JOINED[name]):
                    columns.append(np.asarray([float(text.split("|")[i]) for text in texts]))
                    meaning.append((f"{part}_NONE", None))
            if name == "REGION":
                for i, part in enumerate(JOINED["REGION"][:2]):
                    columns.append(frame[name].str.split("|").list.get(i).cast(pl.Float64).to_numpy())
                    meaning.append((part, None))
        else:
            columns.append(frame[name].cast(pl.Float64).fill_null(UNKNOWN_NUMBER).fill_nan(UNKNOWN_NUMBER).to_numpy())
            meaning.append((name, None))
    return np.column_stack(columns) if columns else np.empty((len(frame), 0)), meaning


def tree(x: Reals, meaning: Sequence[tuple[str, str | None]], y: Reals) -> tuple[dict[str, Any], Integers]:
    """Fit a tree to targets of shape (rows, k); return it as lists, and each row's leaf."""
    if not x.shape[1] or len(x) < 2 * GROUP:
        return {"column": [], "value": [], "left": [], "right": []}, np.zeros(len(x), dtype=np.int64)
    spread = float(np.var(y, axis=0).mean())
    fitted = DecisionTreeRegressor(
        min_samples_leaf=GROUP, max_leaf_nodes=MOST_GROUPS, min_impurity_decrease=2.0 * spread / len(x), random_state=0
    ).fit(x, y)
    t = fitted.tree_
    column, value, left, right = [], [], [], []
    for i in range(t.node_count):
        leaf = t.children_left[i] < 0
        name, level = ("", None) if leaf else meaning[t.feature[i]]
        column.append(name)
        value.append(0.0 if leaf else level if level is not None else float(f"{t.threshold[i]:.3g}"))
        left.append(int(t.children_left[i]))
        right.append(int(t.children_right[i]))
    # Rows are sorted by the rounded questions, as they will be when clients are drawn.
    places = {m: i for i, m in enumerate(meaning)}
    node = np.zeros(len(x), dtype=np.int64)
    for i in range(t.node_count):
        if column[i]:
            here = np.flatnonzero(node == i)
            requested = value[i]
            key = (column[i], requested if isinstance(requested, str) else None)
            high = x[here, places[key]] > (0.5 if isinstance(requested, str) else requested)
            node[here] = np.where(high, right[i], left[i])
    return {"column": column, "value": value, "left": left, "right": right}, node


def middle_scores(values: Reals) -> Reals:
    """Return the normal score of the middle rank of each value; 0 where missing."""
    known = np.isfinite(values)
    out = np.zeros(values.shape)
    if known.any():
        out[known] = ndtri((rankdata(values[known]) - 0.5) / known.sum())
    return out


def line(target: Reals, others: Mapping[str, Reals]) -> tuple[dict[str, float], Reals]:
    """Return the weights of the others' scores where they explain enough of a score, and what they explain."""
    if not others:
        return {}, np.zeros(len(target))
    x = np.column_stack(list(others.values()))
    weights = np.linalg.solve(x.T @ x + 20.0 * np.eye(x.shape[1]), x.T @ target)
    weights = np.where(np.abs(weights) < LEAST_WEIGHT, 0.0, np.round(weights, 3))
    explained = x @ weights
    if 1 - np.var(target - explained) / np.var(target) < LEAST_SHARE:
        return {}, np.zeros(len(target))
    return {name: float(w) for name, w in zip(others, weights, strict=True) if w}, explained


def of_number(
    values: Reals,
    x: Reals,
    meaning: Sequence[tuple[str, str | None]],
    others: Mapping[str, Reals],
    rng: np.random.Generator,
) -> dict[str, Any]:
    """Return a number's distribution, its line on the numbers before it, and of each group the ranks' deciles."""
    known = np.isfinite(values)
    order = np.lexsort((rng.random(known.sum()), values[known]))
    rank = np.empty(known.sum())
    rank[order] = (np.arange(known.sum()) + 0.5) / known.sum()
    extra: dict[str, Any] = {}
    weights, explained = line(ndtri(rank), {name: z[known] for name, z in others.items()})
    x, meaning = x[known], list(meaning)
    if weights:
        rest = ndtri(rank) - explained
        at = np.quantile(rest, np.linspace(0, 1, 41)[1:-1])
        extra = {"weights": weights, "rest": [round(float(q), 3) for q in at]}
        rank = (rankdata(rest) - 0.5) / len(rest)
        x, meaning = np.column_stack([x, explained]), [*meaning, (LINE, None)]
    targets = (rank[:, None] <= np.linspace(0.1, 0.9, 9)).astype(float)
    out, node = tree(x, meaning, targets)
    leaves = {}
    for leaf in np.unique(node):
        mine = rank[node == leaf] if (node == leaf).sum() >= FEWEST else rank
        q = np.quantile(mine, DECILES)
        leaves[str(leaf)] = [round(float(v), 2) for v in q]
    return {"distribution": distribution(values[known]), **extra, "tree": out, "leaves": leaves}


def of_levels(values: pl.Series, x: Reals, meaning: Sequence[tuple[str, str | None]]) -> dict[str, Any]:
    """Return a category's levels and shares, and of each group its shares; rare levels are pooled."""
    known = values.is_not_null().to_numpy()
    texts = values.filter(pl.Series(known))
    counted = texts.value_counts(sort=True)
    names = [str(level) for level, count in counted.iter_rows() if count >= FEWEST]
    index = texts.replace_strict({n: i for i, n in enumerate(names)}, default=-1, return_dtype=pl.Int64).to_numpy()
    retained = index >= 0
    shares = np.bincount(index[retained], minlength=len(names)) / retained.sum()
    targets = (index[retained][:, None] == np.arange(min(len(names), 24))).astype(float)
    out, node = tree(x[known][retained], meaning, targets)
    leaves = {}
    for leaf in np.unique(node):
        own = np.bincount(index[retained][node == leaf], minlength=len(names)).astype(float)
        total = own.sum()
        rare = own < FEWEST
        # Levels of few rows share their sum in the proportion of the whole.
        own[rare] = own[rare].sum() * shares[rare] / max(shares[rare].sum(), 1e-12)
        mixed = (own + SMOOTH / 10 * shares) / (total + SMOOTH / 10)
        leaves[str(leaf)] = {str(i): round(float(s), 3) for i, s in enumerate(mixed) if s >= 0.0005}
    return {"levels": names, "shares": [round(float(s), 4) for s in shares], "tree": out, "leaves": leaves}


def relations(frame: pl.DataFrame) -> dict[str, Any]:
    """Return the statistics of every quantity in the order of `sequence`."""
    frame, factors = quantities(frame)
    rng = np.random.default_rng(0)
    columns: dict[str, Any] = {}
    scores: dict[str, Reals] = {}
    jobless = frame["DAYS_EMPLOYED"].is_null()
    for i, name in enumerate(ORDER):
        before = ORDER[:i]
        # The job is drawn for those who have one; a building's forms for buildings with the measure.
        part = frame.filter(~jobless) if name in {"ORGANIZATION_TYPE", "OCCUPATION_TYPE"} else frame
        x, meaning = predictors(part, before)
        if name in CATEGORIES:
            columns[name] = of_levels(part[name].cast(pl.String), x, meaning)
        else:
            values = part[name].cast(pl.Float64).fill_null(np.nan).to_numpy()
            others = {n: scores[n] for n in before if n in scores}
            columns[name] = of_number(values, x, meaning, others, rng)
            if not name.endswith(("_MODE", "_MEDI")) or name == "TOTALAREA_MODE":
                scores[name] = middle_scores(values)
        sys.stderr.write(f"\r{i + 1} of {len(ORDER)} columns")
    sys.stderr.write("\n")
    return {"about": __doc__.splitlines()[0], "rows": len(frame), "factors": factors, "columns": columns}


def main(arguments: Sequence[str]) -> int:
    """Write relations.json from the folder given."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m training.data.synthetic.fit_dependencies FOLDER\n")
        return 2
    try:
        frame = pl.read_parquet(Path(arguments[0]) / "application_train.parquet")
    except (OSError, pl.exceptions.PolarsError) as err:
        raise TableError(f"the sample must hold application_train.parquet; got {err}") from err
    OUT.write_text(_text(relations(frame)), encoding="utf-8")
    return 0


def _text(document: Mapping[str, Any]) -> str:
    """Return it as JSON, one column a line, so that a change can be read."""
    head = json.dumps({k: v for k, v in document.items() if k != "columns"}, separators=(",", ":"))
    lines = [f"{json.dumps(n)}:{json.dumps(c, separators=(',', ':'))}" for n, c in document["columns"].items()]
    return head[:-1] + ',"columns":{\n' + ",\n".join(lines) + "\n}}\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
