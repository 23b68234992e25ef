"""Summary statistics of real tables, on which the synthetic portfolio is drawn.

``python -m training.data.synthetic.calibrate FOLDER`` reads application_train.parquet of the folder, and the history
tables of FOLDER/joint, and writes calibration.json beside this file. What is kept is coarse: quantiles at seventeen
levels, rounded to three digits; values that at least twenty-four rows share; shares of levels, those of fewer than
twelve rows pooled; rank correlations to two decimals. No value of one row is kept, nor anything a row could be
rebuilt from.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from scipy.stats import norm

from scoring.data.tables.application_columns import HOUSING_MEASURES
from scoring.data.tables.column_types import ID_COLUMN
from scoring.errors import TableError

OUT = Path(__file__).with_name("calibration.json")
LEVELS = (
    0.005, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 0.995,
)  # fmt: skip
"""Probabilities of the quantiles; each tail holds at least half a percent of the rows."""
POOLED_BELOW = 12
COMMON_FROM, COMMON_MOST = 24, 200

COPULA_NUMBERS = (
    "DAYS_BIRTH", "DAYS_EMPLOYED", "DAYS_REGISTRATION", "DAYS_ID_PUBLISH", "OWN_CAR_AGE", "AMT_INCOME_TOTAL",
    "AMT_GOODS_PRICE", "CREDIT_PER_GOODS", "CREDIT_PER_ANNUITY", "REGION_POPULATION_RELATIVE", "EXT_SOURCE_1",
    "EXT_SOURCE_2", "EXT_SOURCE_3", "DAYS_LAST_PHONE_CHANGE", "OBS_30_CNT_SOCIAL_CIRCLE",
    "DEF_30_CNT_SOCIAL_CIRCLE", "AMT_REQ_CREDIT_BUREAU_MON", "AMT_REQ_CREDIT_BUREAU_QRT",
    "AMT_REQ_CREDIT_BUREAU_YEAR", "CNT_CHILDREN", "HOUR_APPR_PROCESS_START", "REGION_RATING_CLIENT",
    "FLAG_WORK_PHONE", "FLAG_PHONE", "FLAG_EMAIL", "REG_REGION_NOT_WORK_REGION", "REG_CITY_NOT_LIVE_CITY",
    "REG_CITY_NOT_WORK_CITY", "FLAG_DOCUMENT_3", "FLAG_DOCUMENT_6", "FLAG_DOCUMENT_8",
    *(f"{measure}_AVG" for measure in HOUSING_MEASURES), "TOTALAREA_MODE",
)  # fmt: skip
COPULA_LEVELS = (
    "NAME_CONTRACT_TYPE", "CODE_GENDER", "FLAG_OWN_CAR", "FLAG_OWN_REALTY", "NAME_TYPE_SUITE", "NAME_INCOME_TYPE",
    "NAME_EDUCATION_TYPE", "NAME_FAMILY_STATUS", "NAME_HOUSING_TYPE", "OCCUPATION_TYPE", "ORGANIZATION_TYPE",
    "WEEKDAY_APPR_PROCESS_START", "FONDKAPREMONT_MODE", "HOUSETYPE_MODE", "WALLSMATERIAL_MODE",
    "EMERGENCYSTATE_MODE",
)  # fmt: skip
"""Categories, ordered by their default rate, take part in the correlations as ranks."""
MISSING = {
    "EXT_SOURCE_1_NONE": "EXT_SOURCE_1",
    "BUILDING_NONE": "APARTMENTS_AVG",
    "BUREAU_NONE": "AMT_REQ_CREDIT_BUREAU_YEAR",
}
"""Missingness that hangs together with other columns."""


def number(values: np.ndarray) -> dict[str, Any]:
    """Return the missing share and the coarse quantiles of a column (NaN is missing)."""
    known = values[np.isfinite(values)]
    out: dict[str, Any] = {"missing": round(1 - known.size / max(values.size, 1), 4)}
    if known.size:
        out["quantiles"] = [float(f"{q:.3g}") for q in np.quantile(known, LEVELS)]
    return out


def common(values: np.ndarray) -> dict[str, Any]:
    """Return the statistics of a column that often repeats the same values: those, and the quantiles of the rest.

    A value is common when at least `COMMON_FROM` rows share it, so that it is nobody's own.
    """
    known = values[np.isfinite(values)]
    unique, inverse, counts = np.unique(np.round(known, 6), return_inverse=True, return_counts=True)
    retained = np.sort(np.argsort(-counts, kind="stable")[:COMMON_MOST])
    retained = retained[counts[retained] >= COMMON_FROM]
    rest = known[~np.isin(inverse, retained)]
    out = number(values)
    out["median"] = float(f"{np.median(known):.3g}")
    if retained.size:
        out["common"] = {
            "share": round(float(counts[retained].sum() / known.size), 4),
            "values": {f"{unique[i]:.6g}": round(float(counts[i] / counts[retained].sum()), 4) for i in retained},
        }
        # The rest is described apart only when its tails, too, hold more than a few rows.
        if rest.size * LEVELS[0] >= 3:
            out["quantiles"] = number(rest)["quantiles"]
    return out


def levels(values: pl.Series, order: Mapping[str, float] | None = None) -> dict[str, Any]:
    """Return the missing share and the shares of the levels, rare ones pooled into the commonest.

    Levels are ordered by `order` where given, otherwise from the commonest.
    """
    known = values.drop_nulls().cast(pl.String)
    counted = {str(level): int(n) for level, n in known.value_counts(sort=True).rows()}
    retained = {level: n for level, n in counted.items() if n >= POOLED_BELOW} or counted
    total = sum(retained.values())
    names = sorted(retained, key=lambda level: order.get(level, 0.0)) if order else list(retained)
    missing = round(1 - len(known) / max(len(values), 1), 4)
    return {"missing": missing, "levels": {name: round(retained[name] / total, 4) for name in names}}


def normal_scores(values: np.ndarray) -> tuple[np.ndarray, float]:
    """Return each value's expected normal score given its tie group (NaN stays), and the scores' deviation.

    The deviation is the correlation of the scores with an underlying normal variable; correlations of scores
    are divided by it, so that ties do not weaken them (the polyserial correlation's idea).
    """
    known = np.isfinite(values)
    unique, inverse, counts = np.unique(values[known], return_inverse=True, return_counts=True)
    upper = np.cumsum(counts) / counts.sum()
    edges = norm.pdf(norm.ppf(np.concatenate([[0.0], upper[:-1], [1.0]])))
    mean = (edges[:-1] - edges[1:]) / (counts / counts.sum())
    scores = np.full(values.shape, np.nan)
    scores[known] = mean[inverse]
    return scores, float(np.sqrt(np.average(mean**2, weights=counts))) if unique.size > 1 else 1.0


def correlations(columns: Mapping[str, np.ndarray]) -> list[list[float]]:
    """Return pairwise correlations of normal scores, corrected for ties, to two decimals."""
    names = list(columns)
    scored = {name: normal_scores(values) for name, values in columns.items()}
    matrix = np.eye(len(names))
    for i, a in enumerate(names):
        for j in range(i):
            x, sx = scored[a]
            y, sy = scored[names[j]]
            both = np.isfinite(x) & np.isfinite(y)
            if both.sum() < 200 or np.std(x[both]) == 0 or np.std(y[both]) == 0:
                continue
            r = np.mean((x[both] - x[both].mean()) * (y[both] - y[both].mean())) / (sx * sy)
            matrix[i, j] = matrix[j, i] = np.clip(r, -0.95, 0.95)
    return [[round(float(value), 2) for value in row] for row in matrix]


def application(frame: pl.DataFrame) -> dict[str, Any]:
    """Return the statistics of the main table."""
    frame = frame.with_columns(
        CREDIT_PER_GOODS=pl.col("AMT_CREDIT") / pl.col("AMT_GOODS_PRICE"),
        CREDIT_PER_ANNUITY=pl.col("AMT_CREDIT") / pl.col("AMT_ANNUITY"),
        DAYS_EMPLOYED=pl.when(pl.col("DAYS_EMPLOYED") < 0).then(pl.col("DAYS_EMPLOYED")),
    )
    numbers: dict[str, Any] = {}
    categories: dict[str, Any] = {}
    copula: dict[str, np.ndarray] = {}
    for name in frame.columns:
        if name in {ID_COLUMN, "TARGET"}:
            continue
        column = frame.get_column(name)
        if column.dtype == pl.String:
            rate = frame.group_by(name).agg(pl.col("TARGET").sum(), pl.len())
            order = {str(level): (s + 0.8) / (n + 10) for level, s, n in rate.rows() if level is not None}
            categories[name] = levels(column, order)
            if name in COPULA_LEVELS:
                copula[name] = column.replace_strict(order, default=None, return_dtype=pl.Float64).to_numpy().copy()
        else:
            if column.drop_nulls().n_unique() <= 40:
                ordered = {str(v): float(v) for v in column.drop_nulls().unique()}
                categories[name] = levels(column, ordered)
            else:
                numbers[name] = common(column.cast(pl.Float64).to_numpy())
            if name in COPULA_NUMBERS:
                copula[name] = column.cast(pl.Float64).to_numpy().copy()
    for name, source in MISSING.items():
        copula[name] = frame.get_column(source).is_null().cast(pl.Float64).to_numpy().copy()
    age = (frame.get_column("DAYS_BIRTH") / -365.25 // 5 * 5).cast(pl.Int64)
    jobless = (
        frame.with_columns(age=age).group_by("age").agg(pl.col("DAYS_EMPLOYED").is_null().mean(), pl.len()).sort("age")
    )
    return {
        "rows": frame.height,
        "numbers": numbers,
        "levels": categories,
        "no_employment_by_age": {str(a): round(share, 3) for a, share, n in jobless.rows() if n >= 50},
        "correlation": {"columns": list(copula), "matrix": correlations(copula)},
    }


def grouped(
    frame: pl.DataFrame, by: Sequence[str], numbers: Sequence[str], categories: Sequence[str]
) -> dict[str, Any]:
    """Return shares, quantiles and level shares for each group of at least a hundred rows."""
    out = {}
    for key, part in frame.group_by(by, maintain_order=True):
        if part.height < 100:
            continue
        out["|".join(str(k) for k in key)] = {
            "share": round(part.height / frame.height, 4),
            "numbers": {name: number(part.get_column(name).cast(pl.Float64).to_numpy()) for name in numbers},
            "levels": {name: levels(part.get_column(name)) for name in categories},
        }
    return dict(sorted(out.items()))


def counts(clients: pl.Series, owners: pl.Series) -> dict[str, Any]:
    """Return the distribution of rows per client, as shares of counts, the long tail pooled."""
    per = clients.to_frame("c").join(owners.to_frame("c").group_by("c").len(), on="c", how="left")
    n = per.get_column("len").fill_null(0).clip(0, 40)
    return levels(n, {str(v): float(v) for v in range(41)})


def histories(folder: Path) -> dict[str, Any]:
    """Return the statistics of bureau, previous applications and cards."""
    read = lambda name: pl.read_parquet(folder / f"{name}.parquet")  # noqa: E731
    clients = pl.concat([read(f"application_{part}").get_column(ID_COLUMN) for part in ("train", "test")])
    bureau = read("bureau").with_columns(
        TERM=pl.col("DAYS_CREDIT_ENDDATE") - pl.col("DAYS_CREDIT"),
        LIFE=pl.col("DAYS_ENDDATE_FACT") - pl.col("DAYS_CREDIT"),
    )
    previous = read("previous_application").with_columns(
        CREDIT_PER_APPLICATION=pl.when(pl.col("AMT_APPLICATION") > 0).then(
            pl.col("AMT_CREDIT") / pl.col("AMT_APPLICATION")
        ),
        ANNUITY_LOAD=pl.when((pl.col("CNT_PAYMENT") > 0) & (pl.col("AMT_CREDIT") > 0)).then(
            pl.col("AMT_ANNUITY") * pl.col("CNT_PAYMENT") / pl.col("AMT_CREDIT")
        ),
        AMT_APPLICATION=pl.when(pl.col("AMT_APPLICATION") > 0).then(pl.col("AMT_APPLICATION")),
    )
    cards = read("credit_card_balance")
    return {
        "bureau_count": counts(clients, bureau.get_column(ID_COLUMN)),
        "previous_count": counts(clients, previous.get_column(ID_COLUMN)),
        "bureau_days": number(bureau.get_column("DAYS_CREDIT").cast(pl.Float64).to_numpy()),
        "bureau": grouped(
            bureau,
            ["CREDIT_TYPE"],
            ["TERM", "LIFE", "AMT_CREDIT_SUM", "AMT_CREDIT_SUM_DEBT", "AMT_CREDIT_MAX_OVERDUE", "AMT_CREDIT_SUM_LIMIT"],
            ["CREDIT_ACTIVE"],
        ),
        "previous": grouped(
            previous,
            ["NAME_CONTRACT_TYPE", "NAME_CONTRACT_STATUS"],
            ["DAYS_DECISION", "AMT_APPLICATION", "CREDIT_PER_APPLICATION", "ANNUITY_LOAD", "RATE_DOWN_PAYMENT",
             "SELLERPLACE_AREA", "AMT_ANNUITY"],
            ["CNT_PAYMENT", "NAME_PAYMENT_TYPE", "CODE_REJECT_REASON", "NAME_TYPE_SUITE", "NAME_CLIENT_TYPE",
             "NAME_GOODS_CATEGORY", "NAME_PORTFOLIO", "NAME_PRODUCT_TYPE", "CHANNEL_TYPE", "NAME_SELLER_INDUSTRY",
             "NAME_YIELD_GROUP", "PRODUCT_COMBINATION", "NFLAG_INSURED_ON_APPROVAL", "NAME_CASH_LOAN_PURPOSE",
             "HOUR_APPR_PROCESS_START", "WEEKDAY_APPR_PROCESS_START"],
        ),
        "card_limit": number(
            cards.group_by("SK_ID_PREV").agg(pl.col("AMT_CREDIT_LIMIT_ACTUAL").max())
            .get_column("AMT_CREDIT_LIMIT_ACTUAL").cast(pl.Float64).to_numpy()
        ),
    }  # fmt: skip


def main(arguments: Sequence[str]) -> int:
    """Write calibration.json from the folder given."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m training.data.synthetic.calibrate FOLDER\n")
        return 2
    folder = Path(arguments[0])
    try:
        frame = pl.read_parquet(folder / "application_train.parquet")
        statistics = {
            "about": "Summary statistics of real applications; coarse, rounded, rare levels pooled.",
            "probabilities": list(LEVELS),
            "application": application(frame),
            "histories": histories(folder / "joint"),
        }
    except (OSError, pl.exceptions.PolarsError) as err:
        raise TableError(f"the sample must hold application_train.parquet and joint/; got {err}") from err
    OUT.write_text(json.dumps(statistics, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
