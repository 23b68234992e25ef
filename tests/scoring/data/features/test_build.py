"""Values computed by hand, and what must not change them."""

import copy
import dataclasses

import narwhals as nw
import polars as pl
import pytest

from scoring.data.features import DICTIONARY, available, build, left_out
from scoring.data.tables import HISTORY, TABLES, Kind
from scoring.errors import TableError

CLIENT = 1001


def matrix(tables, features=None):
    return build(tables, features).collect("polars").to_native()


def row_of(frame, client=CLIENT):
    return frame.row(by_predicate=pl.col("SK_ID_CURR") == client, named=True)


@pytest.fixture
def by_hand(invented):
    """One client whose rows are set where the expected values depend on them."""
    rows = invented([CLIENT], seed=3)
    rows["application"][0] |= {
        "AMT_INCOME_TOTAL": 120_000.0, "AMT_CREDIT": 300_000.0, "AMT_ANNUITY": 12_500.0, "AMT_GOODS_PRICE": 250_000.0,
        "EXT_SOURCE_1": None, "EXT_SOURCE_2": 0.25, "EXT_SOURCE_3": 0.6, "DAYS_EMPLOYED": 365243,
        "DAYS_LAST_PHONE_CHANGE": -731.0, "FLAG_OWN_CAR": "Y",
    }  # fmt: skip
    loan = {"SK_ID_CURR": CLIENT, "CREDIT_TYPE": "Consumer credit", "AMT_CREDIT_MAX_OVERDUE": None}
    blank = {c.name: (c.codes or (0 if c.whole else 0.0,))[0] for c in TABLES["bureau"].columns}
    rows["bureau"] = [
        blank | loan | {
            "SK_ID_BUREAU": 1, "CREDIT_ACTIVE": "Active", "DAYS_CREDIT": -100, "AMT_CREDIT_SUM": 1000.0,
            "AMT_CREDIT_SUM_DEBT": 250.0, "DAYS_ENDDATE_FACT": None,
        },
        blank | loan | {
            "SK_ID_BUREAU": 2, "CREDIT_ACTIVE": "Active", "DAYS_CREDIT": -700, "AMT_CREDIT_SUM": 3000.0,
            "AMT_CREDIT_SUM_DEBT": 2000.0, "DAYS_ENDDATE_FACT": None, "CREDIT_TYPE": "Credit card",
        },
        blank | loan | {
            "SK_ID_BUREAU": 3, "CREDIT_ACTIVE": "Closed", "DAYS_CREDIT": -1461, "AMT_CREDIT_SUM": 500.0,
            "AMT_CREDIT_SUM_DEBT": 0.0, "AMT_CREDIT_MAX_OVERDUE": 40.0,
        },
    ]  # fmt: skip
    rows["bureau_balance"] = [
        {"SK_ID_BUREAU": 3, "MONTHS_BALANCE": month, "STATUS": status}
        for month, status in ((0, "C"), (-1, "0"), (-2, "1"), (-30, "3"), (-31, "X"))
    ]
    earlier = {c.name: (c.codes or (0 if c.whole else 0.0,))[0] for c in TABLES["previous_application"].columns}
    rows["previous_application"] = [
        earlier | {
            "SK_ID_CURR": CLIENT, "SK_ID_PREV": i, "NAME_CONTRACT_STATUS": status, "DAYS_DECISION": day,
            "AMT_APPLICATION": asked, "AMT_CREDIT": granted, "AMT_ANNUITY": 1000.0, "CODE_REJECT_REASON": reason,
            "FLAG_LAST_APPL_PER_CONTRACT": last, "NFLAG_LAST_APPL_IN_DAY": 1,
        }
        for i, (status, day, asked, granted, reason, last) in enumerate(
            (("Approved", -50, 10_000.0, 11_000.0, "XAP", "Y"), ("Refused", -400, 50_000.0, 0.0, "HC", "Y"),
             ("Approved", -800, 20_000.0, 20_000.0, "XAP", "Y"), ("Canceled", -900, 0.0, 0.0, "XAP", "Y"),
             ("Refused", -400, 50_000.0, 0.0, "HC", "N")),  # entered again: no second refusal
            start=1,
        )
    ]  # fmt: skip
    rows["POS_CASH_balance"] = [
        {
            "SK_ID_CURR": CLIENT, "SK_ID_PREV": 1, "MONTHS_BALANCE": month, "CNT_INSTALMENT": 10.0,
            "CNT_INSTALMENT_FUTURE": left, "NAME_CONTRACT_STATUS": "Active", "SK_DPD": late, "SK_DPD_DEF": late,
        }
        for month, left, late in ((-1, 4.0, 0), (-2, 5.0, 6), (-3, 6.0, 0), (-20, 9.0, 0))
    ]  # fmt: skip
    rows["installments_payments"] = [
        {
            "SK_ID_CURR": CLIENT, "SK_ID_PREV": 1, "NUM_INSTALMENT_VERSION": 1.0, "NUM_INSTALMENT_NUMBER": number,
            "DAYS_INSTALMENT": due, "DAYS_ENTRY_PAYMENT": paid_on, "AMT_INSTALMENT": 100.0, "AMT_PAYMENT": paid,
        }
        for number, due, paid_on, paid in (
            (1, -800.0, -805.0, 100.0),  # five days early
            (2, -300.0, -300.0, 60.0), (2, -300.0, -290.0, 40.0),  # in two parts, the second ten days late
            (3, -200.0, -200.0, 70.0),  # 30 missing
            (4, -10.0, None, None),  # not paid
        )
    ]  # fmt: skip
    card = {c.name: (c.codes or (0 if c.whole else 0.0,))[0] for c in TABLES["credit_card_balance"].columns}
    rows["credit_card_balance"] = [
        card | {
            "SK_ID_CURR": CLIENT, "SK_ID_PREV": 9, "MONTHS_BALANCE": month, "AMT_BALANCE": balance,
            "AMT_CREDIT_LIMIT_ACTUAL": limit, "AMT_DRAWINGS_CURRENT": drawn, "AMT_DRAWINGS_ATM_CURRENT": cash,
        }
        for month, balance, limit, drawn, cash in (
            (-1, 500.0, 1000, 100.0, 100.0), (-2, 1200.0, 1000, 300.0, None), (-20, 0.0, 0, 0.0, 0.0),
        )
    ]  # fmt: skip
    return rows


EXPECTED = {
    "income_total": 120_000.0,
    "annuity_per_income": 0.104,  # 12,500 / 120,000 = 0.10417
    "credit_per_income": 2.5,
    "credit_per_annuity": 24.0,
    "credit_per_goods": 1.2,
    "credit_above_goods": 50_000.0,
    "ext_source_1": None,
    "ext_source_mean": 0.425,
    "ext_source_min": 0.25,
    "ext_source_known": 2.0,
    "years_employed": None,  # 365243 is no time in a job
    "without_job": 1.0,
    "years_since_phone_change": 2.0,
    "owns_car": 1.0,
    "bureau_count": 3.0,
    "bureau_active_count": 2.0,
    "bureau_opened_count_12m": 1.0,
    "bureau_active_share": 0.667,
    "bureau_active_debt_sum": 2250.0,
    "bureau_active_debt_max": 2000.0,
    "bureau_active_debt_per_credit": 0.563,  # 2,250 / 4,000
    "bureau_card_use": 0.667,
    "bureau_age_max": 4.0,
    "bureau_age_min": 0.27,  # 100 / 365.25
    "bureau_worst_overdue_max": 40.0,
    "bureau_overdue_ever_share": 0.333,
    "bureau_type_count": 2.0,
    "bureau_debt_per_income": 0.019,  # 2,250 / 120,000
    "bureau_months_count": 5.0,
    "bureau_months_late_count": 2.0,
    "bureau_months_late_count_12m": 1.0,
    "bureau_months_late_share": 0.4,
    "bureau_months_lateness_max": 3.0,
    "bureau_months_lateness_mean": 1.0,  # 0, 0, 1, 3, and one unknown
    "bureau_months_since_last_late": 2.0,
    "previous_count": 5.0,
    "previous_refused_count": 1.0,
    "previous_repeated_count": 1.0,
    "previous_refused_share": 0.2,
    "previous_refused_share_12m": 0.0,
    "previous_refused_hc_count": 1.0,
    "previous_approved_granted_mean": 15_500.0,
    "previous_approved_granted_sum_12m": 11_000.0,
    "previous_approved_granted_per_asked_max": 1.1,
    "previous_age_min": 0.14,
    "credit_per_previous": 19.355,  # 300,000 / 15,500
    "pos_count": 4.0,
    "pos_late_count": 1.0,
    "pos_late_share": 0.25,
    "pos_late_share_12m": 0.333,
    "pos_late_days_mean": 1.5,
    "pos_late_days_max": 6.0,
    "pos_late_share_trend_12m": 0.333,
    "pos_payments_left_now": 4.0,
    "pos_left_per_term_now": 0.4,
    "installments_count": 4.0,
    "installments_late_count": 1.0,
    "installments_late_days_max": 10.0,
    "installments_late_days_mean": 3.33,  # 0, 10, 0, and one that is not paid
    "installments_early_days_max": 5.0,
    "installments_short_count": 2.0,
    "installments_shortfall_sum": 130.0,
    "installments_paid_per_due": 0.675,  # 270 / 400
    "installments_unpaid_share": 0.25,
    "installments_in_parts_share": 0.25,
    "card_use_max": 1.2,
    "card_use_mean": 0.85,  # no limit, no use: two months
    "card_over_limit_count": 1.0,
    "card_use_now": 0.5,
    "card_cash_share": 1.0,  # only months whose kind of drawings is known
    "card_drawn_sum": 400.0,
}


@pytest.mark.parametrize("engine", ["memory", "on_disk"])
def test_values_computed_by_hand(by_hand, engine, request):
    row = row_of(matrix(request.getfixturevalue(engine)(by_hand)))
    assert {name: row[name] for name in EXPECTED} == EXPECTED


def test_the_shape_of_the_matrix(random_rows, memory):
    frame = matrix(memory(random_rows))
    assert frame.columns == ["SK_ID_CURR", *DICTIONARY]
    assert frame["SK_ID_CURR"].to_list() == sorted(row["SK_ID_CURR"] for row in random_rows["application"])
    for name, feature in DICTIONARY.items():
        assert frame[name].dtype == (pl.String if feature.kind == "category" else pl.Float64), name


def test_most_features_have_values_here(random_rows, memory):
    frame = matrix(memory(random_rows))
    assert [name for name in DICTIONARY if frame[name].null_count() == frame.height] == []


def test_values_are_rounded_to_their_decimals(random_rows, memory):
    frame = matrix(memory(random_rows))
    for name, feature in DICTIONARY.items():
        if feature.kind == "number":
            values = frame[name].drop_nulls().to_list()
            assert values == [round(value, feature.decimals) for value in values], name


def test_a_client_without_history_gets_zero_counts_and_missing_values(random_rows, memory):
    alone = {"application": random_rows["application"][:1]}
    row = matrix(memory(alone)).row(0, named=True)
    for name, feature in DICTIONARY.items():
        if feature.table != "application":
            assert row[name] == feature.empty, name


def test_shuffling_rows_changes_nothing(random_rows, memory, on_disk):
    rng = __import__("random").Random(5)
    shuffled = {name: rng.sample(rows, len(rows)) for name, rows in random_rows.items()}
    expected = matrix(memory(random_rows))
    assert matrix(memory(shuffled)).equals(expected)
    assert matrix(on_disk(shuffled)).equals(expected)


def test_another_client_changes_nothing(random_rows, invented, memory):
    more = invented([5000], seed=11)
    together = {name: rows + more[name] for name, rows in random_rows.items()}
    frame = matrix(memory(together))
    assert frame.height == len(together["application"])
    assert frame.filter(pl.col("SK_ID_CURR") != 5000).equals(matrix(memory(random_rows)))


def test_doubling_all_amounts_doubles_amounts_and_leaves_the_rest(random_rows, memory):
    doubled = copy.deepcopy(random_rows)
    for name, rows in doubled.items():
        table = TABLES["application_test" if name == "application" else name]
        for row in rows:
            for column in table.columns:
                if column.kind is Kind.AMOUNT and row[column.name] is not None:
                    row[column.name] *= 2
    before, after = matrix(memory(random_rows)), matrix(memory(doubled))
    for name, feature in DICTIONARY.items():
        if feature.unit == "amount":
            change = (after[name] - 2 * before[name]).abs().max()
            assert change is None or change <= 1, name  # each is rounded to a whole amount
        else:
            assert after[name].equals(before[name]), name


def test_absent_tables_leave_out_exactly_their_features(random_rows, on_disk):
    for absent in (("bureau",), ("POS_CASH_balance", "credit_card_balance"), HISTORY):
        tables = on_disk(random_rows, absent)
        assert set(tables.absent) == set(absent)
        gone = set(absent) | ({"bureau_balance"} if "bureau" in absent else set())
        assert {feature.table for feature in left_out(tables)} == gone
        assert {feature.name for feature in left_out(tables)} == {
            feature.name for feature in DICTIONARY.values() if feature.table in gone
        }
        names = [feature.name for feature in available(tables)]
        assert matrix(tables).columns == ["SK_ID_CURR", *names]


def test_asking_for_an_absent_tables_feature_is_an_error(random_rows, on_disk):
    tables = on_disk(random_rows, ("bureau",))
    with pytest.raises(TableError, match="got none of bureau, needed by bureau_count"):
        build(tables, [DICTIONARY["bureau_count"]])
    with pytest.raises(TableError, match="needed by bureau_months_count"):
        build(tables, [DICTIONARY["bureau_months_count"]])


def test_some_features_come_alone_and_in_order(random_rows, memory):
    asked = [DICTIONARY[name] for name in ("bureau_debt_per_income", "gender", "pos_count", "income_total")]
    frame = matrix(memory(random_rows), asked)
    assert frame.columns == ["SK_ID_CURR", "income_total", "gender", "pos_count", "bureau_debt_per_income"]
    assert frame.equals(matrix(memory(random_rows)).select(frame.columns))


def test_only_the_needed_tables_are_read(random_rows, memory):
    tables = memory(random_rows)
    only = dataclasses.replace(tables, frames={"application": tables.frames["application"]})
    assert matrix(only, [DICTIONARY["credit_per_annuity"]]).columns == ["SK_ID_CURR", "credit_per_annuity"]


def test_building_is_lazy(random_rows, on_disk):
    assert isinstance(build(on_disk(random_rows)), nw.LazyFrame)


LATER = {
    "bureau": {"SK_ID_BUREAU": 901, "DAYS_CREDIT": 5},
    "bureau_balance": {"MONTHS_BALANCE": 1},
    "previous_application": {"SK_ID_PREV": 902, "DAYS_DECISION": 3},
    "POS_CASH_balance": {"MONTHS_BALANCE": 2},
    "installments_payments": {"NUM_INSTALMENT_NUMBER": 99, "DAYS_INSTALMENT": 30.0, "DAYS_ENTRY_PAYMENT": None},
    "credit_card_balance": {"MONTHS_BALANCE": 1},
}


def test_what_happened_after_the_application_changes_nothing(by_hand, on_disk):
    later = {table: [*rows, {**rows[0], **LATER.get(table, {})}] for table, rows in by_hand.items() if table in LATER}
    *before, last = later["installments_payments"][:-1]
    # The last instalment, unpaid on the day of the application, is paid afterwards.
    paid = {**last, "DAYS_ENTRY_PAYMENT": 4.0, "AMT_PAYMENT": 100.0}
    later["installments_payments"] = [*before, paid, later["installments_payments"][-1]]
    assert matrix(on_disk({**by_hand, **later})).equals(matrix(on_disk(by_hand)))
