"""The columns of the six history tables, in the published order."""

from __future__ import annotations

from scoring.data.tables.application_columns import NONE_DAYS, SUITES, WEEKDAYS
from scoring.data.tables.column_types import (
    ID_COLUMN,
    Column,
    Kind,
    amount,
    category,
    count,
    days,
    flag,
    identifier,
    months,
)

CREDIT_TYPES = (
    "Consumer credit", "Credit card", "Mortgage", "Car loan", "Microloan",
    "Loan for working capital replenishment", "Loan for business development", "Real estate loan",
    "Unknown type of loan", "Another type of loan", "Cash loan (non-earmarked)",
    "Loan for the purchase of equipment", "Mobile operator loan",
    "Interbank credit",
    "Loan for purchase of shares (margin lending)",
)  # fmt: skip
PURPOSES = (
    "XAP", "XNA", "Repairs", "Everyday expenses", "Car repairs", "Building a house or an annex", "Other",
    "Journey",
    "Purchase of electronic equipment", "Medicine", "Payments on other loans", "Urgent needs",
    "Buying a used car", "Buying a new car", "Buying a holiday home / land", "Education", "Buying a home",
    "Furniture",
    "Buying a garage",
    "Business development", "Wedding / gift / holiday", "Hobby", "Gasification / water supply",
    "Refusal to name the goal", "Money for a third person",
)  # fmt: skip
GOODS = (
    "XNA", "Mobile", "Consumer Electronics", "Computers", "Audio/Video", "Furniture",
    "Photo / Cinema Equipment", "Construction Materials", "Clothing and Accessories", "Auto Accessories",
    "Jewelry",
    "Homewares",
    "Medical Supplies", "Vehicles", "Sport and Leisure", "Gardening", "Other", "Office Appliances", "Tourism",
    "Medicine", "Direct Sales", "Fitness", "Additional Service", "Education", "Weapon", "Insurance",
    "House Construction", "Animals",
)  # fmt: skip
INDUSTRIES = (
    "XNA", "Consumer electronics", "Connectivity", "Furniture", "Construction", "Clothing", "Industry",
    "Auto technology", "Jewelry", "MLM partners", "Tourism",
)  # fmt: skip
CHANNELS = (
    "Credit and cash offices", "Country-wide", "Stone", "Regional / Local", "Contact center",
    "AP+ (Cash loan)", "Channel of corporate sales", "Car dealer",
)  # fmt: skip
COMBINATIONS = (
    "Cash", "POS mobile with interest", "POS mobile without interest", "POS household with interest",
    "POS household without interest", "POS industry with interest", "POS industry without interest",
    "POS other with interest", "POS others without interest", "Cash X-Sell: low", "Cash X-Sell: middle",
    "Cash X-Sell: high", "Cash Street: low", "Cash Street: middle", "Cash Street: high", "Card Street",
    "Card X-Sell",
)  # fmt: skip
CONTRACT_STATES = (
    "Active", "Completed", "Signed", "Demand", "Approved", "Returned to the store", "Amortized debt",
    "Canceled",
    "XNA", "Sent proposal", "Refused",
)  # fmt: skip

BUREAU: tuple[Column, ...] = (
    identifier(ID_COLUMN),
    identifier("SK_ID_BUREAU"),
    category("CREDIT_ACTIVE", "Active", "Closed", "Sold", "Bad debt"),
    category("CREDIT_CURRENCY", "currency 1", "currency 2", "currency 3", "currency 4"),
    days("DAYS_CREDIT", whole=True),
    count("CREDIT_DAY_OVERDUE", whole=True),
    days("DAYS_CREDIT_ENDDATE", nullable=True, high=50_000),
    days("DAYS_ENDDATE_FACT", nullable=True),
    amount("AMT_CREDIT_MAX_OVERDUE", nullable=True),
    count("CNT_CREDIT_PROLONG", whole=True),
    amount("AMT_CREDIT_SUM", nullable=True),
    amount("AMT_CREDIT_SUM_DEBT", nullable=True, low=None),
    amount("AMT_CREDIT_SUM_LIMIT", nullable=True, low=None),
    amount("AMT_CREDIT_SUM_OVERDUE"),
    category("CREDIT_TYPE", *CREDIT_TYPES),
    days("DAYS_CREDIT_UPDATE", whole=True, high=1000),
    amount("AMT_ANNUITY", nullable=True),
)

BUREAU_BALANCE: tuple[Column, ...] = (
    identifier("SK_ID_BUREAU"),
    months("MONTHS_BALANCE"),
    category("STATUS", "0", "1", "2", "3", "4", "5", "C", "X"),
)

PREVIOUS_APPLICATION: tuple[Column, ...] = (
    identifier("SK_ID_PREV"),
    identifier(ID_COLUMN),
    category("NAME_CONTRACT_TYPE", "Cash loans", "Consumer loans", "Revolving loans", "XNA"),
    amount("AMT_ANNUITY", nullable=True),
    amount("AMT_APPLICATION"),
    amount("AMT_CREDIT", nullable=True),
    amount("AMT_DOWN_PAYMENT", nullable=True, low=None),
    amount("AMT_GOODS_PRICE", nullable=True),
    category("WEEKDAY_APPR_PROCESS_START", *WEEKDAYS),
    Column("HOUR_APPR_PROCESS_START", Kind.NUMBER, nullable=False, low=0, high=23, whole=True),
    category("FLAG_LAST_APPL_PER_CONTRACT", "Y", "N"),
    flag("NFLAG_LAST_APPL_IN_DAY"),
    *(
        Column(f"RATE_{what}", Kind.SHARE, nullable=True, low=-1, high=2)
        for what in ("DOWN_PAYMENT", "INTEREST_PRIMARY", "INTEREST_PRIVILEGED")
    ),
    category("NAME_CASH_LOAN_PURPOSE", *PURPOSES),
    category("NAME_CONTRACT_STATUS", "Approved", "Canceled", "Refused", "Unused offer"),
    days("DAYS_DECISION", whole=True),
    category(
        "NAME_PAYMENT_TYPE", "Cash through the bank", "XNA", "Non-cash from your account",
        "Cashless from the account of the employer",
    ),
    category("CODE_REJECT_REASON", "XAP", "HC", "LIMIT", "SCO", "CLIENT", "SCOFR", "XNA", "VERIF", "SYSTEM"),
    category("NAME_TYPE_SUITE", *SUITES, nullable=True),
    category("NAME_CLIENT_TYPE", "Repeater", "New", "Refreshed", "XNA"),
    category("NAME_GOODS_CATEGORY", *GOODS),
    category("NAME_PORTFOLIO", "POS", "Cash", "XNA", "Cards", "Cars"),
    category("NAME_PRODUCT_TYPE", "XNA", "x-sell", "walk-in"),
    category("CHANNEL_TYPE", *CHANNELS),
    Column("SELLERPLACE_AREA", Kind.NUMBER, nullable=False, low=0, whole=True, specials=(-1,)),
    category("NAME_SELLER_INDUSTRY", *INDUSTRIES),
    count("CNT_PAYMENT", nullable=True),
    category("NAME_YIELD_GROUP", "XNA", "low_action", "low_normal", "middle", "high"),
    category("PRODUCT_COMBINATION", *COMBINATIONS, nullable=True),
    *(
        days(f"DAYS_{what}", nullable=True, high=50_000, specials=(NONE_DAYS,))
        for what in ("FIRST_DRAWING", "FIRST_DUE", "LAST_DUE_1ST_VERSION", "LAST_DUE", "TERMINATION")
    ),
    flag("NFLAG_INSURED_ON_APPROVAL", nullable=True, whole=False),
)  # fmt: skip

POS_CASH_BALANCE: tuple[Column, ...] = (
    identifier("SK_ID_PREV"),
    identifier(ID_COLUMN),
    months("MONTHS_BALANCE"),
    count("CNT_INSTALMENT", nullable=True),
    count("CNT_INSTALMENT_FUTURE", nullable=True),
    category("NAME_CONTRACT_STATUS", *CONTRACT_STATES),
    count("SK_DPD", whole=True),
    count("SK_DPD_DEF", whole=True),
)

INSTALLMENTS_PAYMENTS: tuple[Column, ...] = (
    identifier("SK_ID_PREV"),
    identifier(ID_COLUMN),
    count("NUM_INSTALMENT_VERSION"),
    count("NUM_INSTALMENT_NUMBER", whole=True),
    days("DAYS_INSTALMENT"),
    days("DAYS_ENTRY_PAYMENT", nullable=True),
    amount("AMT_INSTALMENT"),
    amount("AMT_PAYMENT", nullable=True),
)

CREDIT_CARD_BALANCE: tuple[Column, ...] = (
    identifier("SK_ID_PREV"),
    identifier(ID_COLUMN),
    months("MONTHS_BALANCE"),
    amount("AMT_BALANCE", low=None),
    amount("AMT_CREDIT_LIMIT_ACTUAL", whole=True),
    amount("AMT_DRAWINGS_ATM_CURRENT", nullable=True, low=None),
    amount("AMT_DRAWINGS_CURRENT", low=None),
    amount("AMT_DRAWINGS_OTHER_CURRENT", nullable=True),
    amount("AMT_DRAWINGS_POS_CURRENT", nullable=True),
    amount("AMT_INST_MIN_REGULARITY", nullable=True),
    amount("AMT_PAYMENT_CURRENT", nullable=True),
    amount("AMT_PAYMENT_TOTAL_CURRENT"),
    amount("AMT_RECEIVABLE_PRINCIPAL", low=None),
    amount("AMT_RECIVABLE", low=None),
    amount("AMT_TOTAL_RECEIVABLE", low=None),
    count("CNT_DRAWINGS_ATM_CURRENT", nullable=True),
    count("CNT_DRAWINGS_CURRENT", whole=True),
    count("CNT_DRAWINGS_OTHER_CURRENT", nullable=True),
    count("CNT_DRAWINGS_POS_CURRENT", nullable=True),
    count("CNT_INSTALMENT_MATURE_CUM", nullable=True),
    category("NAME_CONTRACT_STATUS", *CONTRACT_STATES),
    count("SK_DPD", whole=True),
    count("SK_DPD_DEF", whole=True),
)
