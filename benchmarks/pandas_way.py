"""The common public way to features of Home Credit: pandas, one-hot codes, a groupby per table, left merges.

The rule: what the public notebooks of this competition do, at their defaults, neither held back nor tuned, and for
comparison only. Whole tables are read (`read_csv` and `read_parquet` without options); codes become one-hot columns,
missing as one of them; numbers are aggregated by min, max, mean, sum and var, one-hot columns by their mean; subsets
(approved and refused, active and closed, the last months) again; monthly rows first by loan; months of the credit
bureau onto their credits. Tables go as soon as they are aggregated. From no table come more columns than the product
makes of it, so fewer codes are made one-hot than most notebooks take; as in most, an instalment paid in parts stays
several rows, which the product puts together. Run as ``python -m benchmarks.pandas_way FOLDER OUT.parquet``.
"""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from scoring.data.features import DICTIONARY

KEY, LOAN, CREDIT = "SK_ID_CURR", "SK_ID_PREV", "SK_ID_BUREAU"
Plan = Mapping[str, Sequence[str]]


def read(folder: Path, name: str) -> pd.DataFrame:
    """Read a table, Parquet or CSV."""
    path = folder / f"{name}.parquet"
    return pd.read_parquet(path) if path.exists() else pd.read_csv(folder / f"{name}.csv")


def aggregated(frame: pd.DataFrame, plan: Plan, prefix: str, key: str | list[str] = KEY) -> pd.DataFrame:
    """Aggregate by key, and name the columns PREFIX_COLUMN_STATISTIC."""
    result = frame.groupby(key).agg({name: list(statistics) for name, statistics in plan.items()})
    result.columns = [f"{prefix}_{name}_{statistic}" for name, statistic in result.columns]
    return result


def one_hot(frame: pd.DataFrame, codes: Sequence[str]) -> tuple[pd.DataFrame, list[str]]:
    """Replace columns of codes by one-hot columns, and name these."""
    before = set(frame.columns)
    frame = pd.get_dummies(frame, columns=list(codes), dummy_na=True)
    return frame, [name for name in frame.columns if name not in before]


def ratio(top: pd.Series, bottom: pd.Series) -> pd.Series:
    """Divide; missing where the denominator is 0."""
    return top / bottom.replace(0, np.nan)


def applications(folder: Path) -> pd.DataFrame:
    """Take the application's columns as they are, ratios, and one-hot codes."""
    frame = pd.concat([read(folder, "application_train"), read(folder, "application_test")], ignore_index=True)
    frame = frame.drop(columns="TARGET", errors="ignore")
    frame["DAYS_EMPLOYED"] = frame["DAYS_EMPLOYED"].replace(365243, np.nan)
    scores = frame[["EXT_SOURCE_1", "EXT_SOURCE_2", "EXT_SOURCE_3"]]
    frame["CREDIT_TERM"] = ratio(frame["AMT_CREDIT"], frame["AMT_ANNUITY"])
    frame["ANNUITY_INCOME"] = ratio(frame["AMT_ANNUITY"], frame["AMT_INCOME_TOTAL"])
    frame["CREDIT_INCOME"] = ratio(frame["AMT_CREDIT"], frame["AMT_INCOME_TOTAL"])
    frame["CREDIT_GOODS"] = ratio(frame["AMT_CREDIT"], frame["AMT_GOODS_PRICE"])
    frame["EMPLOYED_BIRTH"] = frame["DAYS_EMPLOYED"] / frame["DAYS_BIRTH"]
    frame["INCOME_PERSON"] = frame["AMT_INCOME_TOTAL"] / frame["CNT_FAM_MEMBERS"]
    frame["EXT_MEAN"], frame["EXT_MIN"], frame["EXT_MAX"] = scores.mean(axis=1), scores.min(axis=1), scores.max(axis=1)
    frame["EXT_STD"], frame["DOCUMENTS"] = scores.std(axis=1), frame.filter(like="FLAG_DOCUMENT").sum(axis=1)
    frame = frame.drop(columns=[name for name in frame.columns if name.startswith("FLAG_DOCUMENT")])
    frame = frame.drop(columns=[name for name in frame.columns if name.endswith(("_AVG", "_MODE", "_MEDI"))])
    wide = ["ORGANIZATION_TYPE", "OCCUPATION_TYPE", "WEEKDAY_APPR_PROCESS_START", "NAME_TYPE_SUITE", "NAME_INCOME_TYPE"]
    frame = frame.drop(columns=wide)
    codes = [name for name in frame.columns if not pd.api.types.is_numeric_dtype(frame[name])]
    frame, _ = one_hot(frame, codes)
    return frame.set_index(KEY)


def bureau(folder: Path) -> pd.DataFrame:
    """Put the months onto their credits, then aggregate all credits, the active ones and the closed ones."""
    months = read(folder, "bureau_balance")
    months["LATE"] = months["STATUS"].isin(["1", "2", "3", "4", "5"])
    last_year = months[months["MONTHS_BALANCE"] >= -12]
    months, states = one_hot(months, ["STATUS"])
    plan: dict[str, Sequence[str]] = {"MONTHS_BALANCE": ["min", "max", "size"], "LATE": ["sum"]}
    by_credit = aggregated(months, plan | {name: ["mean"] for name in states}, "BB", CREDIT)
    by_credit = by_credit.join(aggregated(last_year, {"LATE": ["mean", "sum"]}, "BB12", CREDIT))
    del months, last_year
    frame = read(folder, "bureau").join(by_credit, on=CREDIT)
    frame["DEBT_CREDIT"] = ratio(frame["AMT_CREDIT_SUM_DEBT"], frame["AMT_CREDIT_SUM"])
    state = frame["CREDIT_ACTIVE"]
    frame["MICRO"] = frame["CREDIT_TYPE"] == "Microloan"
    frame, hot = one_hot(frame.drop(columns="CREDIT_CURRENCY"), ["CREDIT_ACTIVE", "CREDIT_TYPE"])
    full = ["min", "max", "mean", "var"]
    numbers: dict[str, Sequence[str]] = {
        "DAYS_CREDIT": full,
        "DAYS_CREDIT_ENDDATE": ["min", "max", "mean"],
        "DAYS_CREDIT_UPDATE": ["mean"],
        "CREDIT_DAY_OVERDUE": ["max", "mean"],
        "AMT_CREDIT_MAX_OVERDUE": ["mean", "max"],
        "AMT_CREDIT_SUM": ["max", "mean", "sum"],
        "AMT_CREDIT_SUM_DEBT": ["max", "mean", "sum"],
        "AMT_CREDIT_SUM_OVERDUE": ["mean", "sum"],
        "AMT_CREDIT_SUM_LIMIT": ["mean", "sum"],
        "AMT_ANNUITY": ["max", "mean"],
        "CNT_CREDIT_PROLONG": ["sum"],
        "DEBT_CREDIT": ["mean", "max"],
    }
    of_months: dict[str, Sequence[str]] = {
        "BB_MONTHS_BALANCE_min": ["min"],
        "BB_MONTHS_BALANCE_max": ["max"],
        "BB_MONTHS_BALANCE_size": ["mean", "sum"],
        "BB_LATE_sum": ["sum", "max"],
        "BB12_LATE_mean": ["mean"],
        "BB12_LATE_sum": ["sum"],
        **{f"BB_{name}_mean": ["mean"] for name in states},
    }
    result = aggregated(frame, numbers | of_months | {name: ["mean"] for name in hot[:12]}, "BUREAU")
    few: dict[str, Sequence[str]] = {
        "AMT_CREDIT_SUM": ["mean", "sum"], "AMT_CREDIT_SUM_DEBT": ["mean", "sum"], "DAYS_CREDIT": ["min", "max"],
        "AMT_CREDIT_SUM_OVERDUE": ["mean"],
    }  # fmt: skip
    result = result.join(aggregated(frame[state == "Active"], few, "ACTIVE"))
    result = result.join(aggregated(frame[state == "Closed"], few, "CLOSED"))
    return result.join(aggregated(frame[frame["DAYS_CREDIT"] >= -365], {"DAYS_CREDIT": ["size"]}, "BUREAU12"))


def previous(folder: Path) -> pd.DataFrame:
    """Aggregate earlier applications: all, the approved and the refused, the last year's."""
    frame = read(folder, "previous_application")
    days = [name for name in frame.columns if name.startswith("DAYS_") and name != "DAYS_DECISION"]
    frame[days] = frame[days].replace(365243, np.nan)
    frame["ASKED_GRANTED"] = ratio(frame["AMT_APPLICATION"], frame["AMT_CREDIT"])
    status = frame["NAME_CONTRACT_STATUS"]
    codes = ["NAME_CONTRACT_STATUS", "NAME_CONTRACT_TYPE", "NAME_YIELD_GROUP", "NAME_CLIENT_TYPE", "NAME_PRODUCT_TYPE"]
    frame, hot = one_hot(frame, codes)
    amounts: dict[str, Sequence[str]] = {
        "AMT_APPLICATION": ["min", "max", "mean"],
        "AMT_CREDIT": ["min", "max", "mean"],
        "AMT_ANNUITY": ["min", "max", "mean"],
        "AMT_DOWN_PAYMENT": ["max", "mean"],
        "RATE_DOWN_PAYMENT": ["max", "mean"],
        "AMT_GOODS_PRICE": ["max", "mean"],
        "ASKED_GRANTED": ["min", "max", "mean", "var"],
        "DAYS_DECISION": ["min", "max", "mean"],
        "CNT_PAYMENT": ["mean", "sum"],
    }
    last: dict[str, Sequence[str]] = {"DAYS_FIRST_DUE": ["min"], "DAYS_LAST_DUE": ["max"], "DAYS_TERMINATION": ["max"]}
    result = aggregated(frame, amounts | last | {name: ["mean"] for name in hot}, "PREV")
    few: dict[str, Sequence[str]] = {
        "AMT_CREDIT": ["mean", "sum"],
        "AMT_ANNUITY": ["max", "mean"],
        "DAYS_DECISION": ["max"],
        "CNT_PAYMENT": ["mean"],
    }
    result = result.join(aggregated(frame[status == "Approved"], few, "APPROVED"))
    result = result.join(aggregated(frame[status == "Refused"], few, "REFUSED"))
    recent = frame[frame["DAYS_DECISION"] >= -365]
    return result.join(aggregated(recent, {"NAME_CONTRACT_STATUS_Refused": ["sum", "mean"]}, "PREV12"))


def windows(
    frame: pd.DataFrame, day: str, since: Sequence[int], plan: Plan, prefix: str, trends: Sequence[str]
) -> pd.DataFrame:
    """Aggregate the last months alone; the trend is their mean less that of all rows before."""
    result = [aggregated(frame[frame[day] >= start], plan, f"{prefix}{-start}") for start in since]
    now = frame[frame[day] >= since[0]].groupby(KEY)[list(trends)].mean()
    before = frame[frame[day] < since[0]].groupby(KEY)[list(trends)].mean()
    return pd.concat([*result, (now - before).add_prefix(f"{prefix}_TREND_")], axis=1)


def pos(folder: Path) -> pd.DataFrame:
    """Aggregate loan statements: by client, by loan then client, and of the last months."""
    frame = read(folder, "POS_CASH_balance")
    frame["LATE"] = frame["SK_DPD_DEF"] > 0
    frame = frame.sort_values([LOAN, "MONTHS_BALANCE"])
    last = frame.drop_duplicates(LOAN, keep="last")
    last = last.assign(DONE=last["NAME_CONTRACT_STATUS"] == "Completed")
    frame, hot = one_hot(frame, ["NAME_CONTRACT_STATUS"])
    plan: dict[str, Sequence[str]] = {
        "MONTHS_BALANCE": ["min", "max", "size"],
        "SK_DPD": ["max", "mean"],
        "SK_DPD_DEF": ["max", "mean"],
        "LATE": ["mean", "sum"],
        "CNT_INSTALMENT": ["mean"],
    }
    result = aggregated(frame, plan | {name: ["mean"] for name in hot[:3]}, "POS")
    result = result.join(aggregated(last, {"CNT_INSTALMENT_FUTURE": ["sum", "max"], "DONE": ["mean", "size"]}, "LAST"))
    by_loan = aggregated(frame, {"LATE": ["mean"], "SK_DPD_DEF": ["max"]}, "POS_LOAN", [KEY, LOAN]).groupby(KEY)
    result = result.join(by_loan.agg("mean").add_prefix("MEAN_")).join(by_loan.agg("max").add_prefix("MAX_"))
    recent: dict[str, Sequence[str]] = {"LATE": ["mean", "sum"], "SK_DPD_DEF": ["max"]}
    return result.join(windows(frame, "MONTHS_BALANCE", (-12, -24), recent, "POS", ("LATE", "SK_DPD_DEF")))


def instalments(folder: Path) -> pd.DataFrame:
    """Aggregate instalments: by client, by loan then client, and of the last months."""
    frame = read(folder, "installments_payments")
    delay = frame["DAYS_ENTRY_PAYMENT"] - frame["DAYS_INSTALMENT"]
    frame["DPD"], frame["DBD"] = delay.clip(lower=0), (-delay).clip(lower=0)
    frame["PERC"] = ratio(frame["AMT_PAYMENT"], frame["AMT_INSTALMENT"])
    frame["SHORT"] = frame["AMT_INSTALMENT"] - frame["AMT_PAYMENT"]
    frame["LATE"] = frame["DPD"] > 0
    plan: dict[str, Sequence[str]] = {
        "DPD": ["max", "mean", "sum"],
        "DBD": ["max", "mean", "sum"],
        "PERC": ["mean", "var"],
        "SHORT": ["max", "mean", "sum", "var"],
        "AMT_INSTALMENT": ["max", "mean", "sum"],
        "AMT_PAYMENT": ["min", "max", "mean", "sum"],
        "DAYS_ENTRY_PAYMENT": ["max", "mean"],
        "LATE": ["mean", "sum", "size"],
        LOAN: ["nunique"],
    }
    result = aggregated(frame, plan, "INST")
    by_loan = aggregated(frame, {"DPD": ["mean", "max"], "LATE": ["mean"]}, "INST_LOAN", [KEY, LOAN]).groupby(KEY)
    result = result.join(by_loan.agg("mean").add_prefix("MEAN_")).join(by_loan.agg("max").add_prefix("MAX_"))
    recent: dict[str, Sequence[str]] = {
        "DPD": ["max", "mean"], "LATE": ["mean"], "SHORT": ["sum"], "AMT_PAYMENT": ["sum"],
    }  # fmt: skip
    trends = ("DPD", "LATE", "AMT_INSTALMENT")
    return result.join(windows(frame, "DAYS_INSTALMENT", (-365, -730, -91), recent, "INST", trends))


def cards(folder: Path) -> pd.DataFrame:
    """Aggregate card statements: by client, by card then client, and of the last months."""
    frame = read(folder, "credit_card_balance")
    frame["USE"] = ratio(frame["AMT_BALANCE"], frame["AMT_CREDIT_LIMIT_ACTUAL"])
    frame["LATE"] = frame["SK_DPD_DEF"] > 0
    plan: dict[str, Sequence[str]] = {
        "AMT_BALANCE": ["max", "mean", "var"],
        "AMT_CREDIT_LIMIT_ACTUAL": ["min", "max", "mean"],
        "USE": ["min", "max", "mean", "var"],
        "AMT_DRAWINGS_CURRENT": ["max", "mean", "sum"],
        "AMT_DRAWINGS_ATM_CURRENT": ["max", "mean", "sum"],
        "CNT_DRAWINGS_CURRENT": ["max", "mean", "sum"],
        "CNT_DRAWINGS_ATM_CURRENT": ["max", "mean"],
        "AMT_PAYMENT_TOTAL_CURRENT": ["max", "mean"],
        "AMT_INST_MIN_REGULARITY": ["mean"],
        "SK_DPD": ["max", "mean"],
        "SK_DPD_DEF": ["max", "mean"],
        "LATE": ["mean", "sum", "size"],
        "MONTHS_BALANCE": ["min"],
    }
    result = aggregated(frame, plan, "CARD")
    by_card = aggregated(frame, {"USE": ["mean", "max"], "AMT_BALANCE": ["max"]}, "CARD_ONE", [KEY, LOAN]).groupby(KEY)
    result = result.join(by_card.agg("mean").add_prefix("MEAN_")).join(by_card.agg("max").add_prefix("MAX_"))
    recent: dict[str, Sequence[str]] = {"USE": ["mean", "max"], "AMT_DRAWINGS_CURRENT": ["sum"], "LATE": ["mean"]}
    trends = ("AMT_BALANCE", "USE", "AMT_DRAWINGS_CURRENT", "LATE")
    return result.join(windows(frame, "MONTHS_BALANCE", (-12, -3), recent, "CARD", trends))


def _made_of(*tables: str) -> int:
    return sum(feature.table in tables for feature in DICTIONARY.values())


def features(folder: Path) -> pd.DataFrame:
    """One row a client; of each table no more columns than the product makes of it."""
    matrix = applications(folder).iloc[:, : _made_of("application")]
    matrix = matrix.join(bureau(folder).iloc[:, : _made_of("bureau", "bureau_balance")])
    matrix = matrix.join(previous(folder).iloc[:, : _made_of("previous_application")])
    matrix = matrix.join(pos(folder).iloc[:, : _made_of("POS_CASH_balance")])
    matrix = matrix.join(instalments(folder).iloc[:, : _made_of("installments_payments")])
    matrix = matrix.join(cards(folder).iloc[:, : _made_of("credit_card_balance")])
    return matrix.sort_index()


def main() -> None:
    """Write the matrix, and say how many columns it has."""
    matrix = features(Path(sys.argv[1]))
    matrix.to_parquet(Path(sys.argv[2]))
    sys.stdout.write(f"{matrix.shape[1]}\n")


if __name__ == "__main__":
    main()
