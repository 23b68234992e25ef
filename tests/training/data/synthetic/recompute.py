"""The quantities of the truth, computed a second time: from the files, by Polars, client by client groups."""

from pathlib import Path

import polars as pl

C = pl.col


def quantities(folder: Path) -> pl.DataFrame:
    """One row a client: SK_ID_CURR, then each quantity (null where a client lacks it)."""

    def read(name: str) -> pl.DataFrame:
        return pl.read_parquet(folder / f"{name}.parquet")

    applications = pl.concat([read("application_train").drop("TARGET"), read("application_test")])
    out = applications.select(
        "SK_ID_CURR",
        ext_source_1="EXT_SOURCE_1",
        ext_source_2="EXT_SOURCE_2",
        ext_source_3="EXT_SOURCE_3",
        age_years=C("DAYS_BIRTH") / -365.25,
        employed_years=pl.when(C("DAYS_EMPLOYED") != 365_243).then(C("DAYS_EMPLOYED") / -365.25),
        credit_per_goods=C("AMT_CREDIT") / C("AMT_GOODS_PRICE"),
        credit_per_annuity=C("AMT_CREDIT") / C("AMT_ANNUITY"),
        annuity_per_income=C("AMT_ANNUITY") / C("AMT_INCOME_TOTAL"),
        car_age="OWN_CAR_AGE",
        id_years=C("DAYS_ID_PUBLISH") / -365.25,
        phone_years=C("DAYS_LAST_PHONE_CHANGE") / -365.25,
        region_rating="REGION_RATING_CLIENT_W_CITY",
        acquaintances_late="DEF_30_CNT_SOCIAL_CIRCLE",
        works_in_other_city="REG_CITY_NOT_WORK_CITY",
        document_3="FLAG_DOCUMENT_3",
    )
    bureau = read("bureau")
    active = C("CREDIT_ACTIVE") == "Active"
    debt = C("AMT_CREDIT_SUM_DEBT").clip(lower_bound=0).filter(active).sum()
    credit = C("AMT_CREDIT_SUM").filter(active).sum()
    months = read("bureau_balance").filter(C("STATUS") != "X").join(bureau, on="SK_ID_BUREAU")
    payments = read("installments_payments")
    late = C("DAYS_ENTRY_PAYMENT").is_null() | (C("DAYS_ENTRY_PAYMENT") > C("DAYS_INSTALMENT"))
    previous = read("previous_application")
    last = (C("FLAG_LAST_APPL_PER_CONTRACT") == "Y") & (C("NFLAG_LAST_APPL_IN_DAY") == 1)
    approved, refused = (C("NAME_CONTRACT_STATUS") == status for status in ("Approved", "Refused"))
    decided = previous.filter(approved | (refused & last))
    cards = read("credit_card_balance").filter((C("MONTHS_BALANCE") >= -12) & (C("AMT_CREDIT_LIMIT_ACTUAL") > 0))
    for part in (
        bureau.group_by("SK_ID_CURR").agg(
            bureau_days_of_last=C("DAYS_CREDIT").max(),
            bureau_days_mean=C("DAYS_CREDIT").mean(),
            bureau_active=active.sum(),
            bureau_debt_share=pl.when(credit > 0).then(debt / credit),
            bureau_overdue=(active & (C("CREDIT_DAY_OVERDUE") > 0)).any().cast(pl.Float64),
        ),
        months.group_by("SK_ID_CURR").agg(
            balance_late_share=C("STATUS").is_in(["1", "2", "3", "4", "5"]).mean(),
        ),
        decided.group_by("SK_ID_CURR").agg(refused_share=refused.mean()),
        previous.group_by("SK_ID_CURR").agg(down_payment_share=C("RATE_DOWN_PAYMENT").mean()),
        payments.filter(C("DAYS_INSTALMENT") >= -730)
        .group_by("SK_ID_CURR")
        .agg(
            instalments_late_share=late.mean(),
        ),
        payments.group_by("SK_ID_CURR").agg(
            instalments_days_early=(C("DAYS_INSTALMENT") - C("DAYS_ENTRY_PAYMENT")).mean(),
            instalments_paid_share=C("AMT_PAYMENT").sum() / C("AMT_INSTALMENT").sum(),
        ),
        read("POS_CASH_balance").group_by("SK_ID_CURR").agg(pos_late_share=(C("SK_DPD_DEF") > 0).mean()),
        cards.group_by("SK_ID_CURR").agg(card_use=(C("AMT_BALANCE") / C("AMT_CREDIT_LIMIT_ACTUAL")).mean()),
    ):
        out = out.join(part, on="SK_ID_CURR", how="left")
    return out.sort("SK_ID_CURR")
