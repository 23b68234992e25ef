"""A request, in the terms in which people speak of it, and the raw columns that it stands for.

The rule: *amount* is what is to be financed before a down payment. The price of the goods keeps the client's ratio to
the amount; a down payment leaves the price and lowers the credit by as much; the monthly payment is the credit divided
by the number of payments, since an application states no interest rate and none is invented.

>>> now = Request(amount=120_000.0, payments=24.0, price_of_one=0.9)
>>> (now.credit, now.annuity, now.goods)
(120000.0, 5000.0, 108000.0)
>>> less = now.changed(Changes(down_payment=24_000.0))
>>> (less.credit, less.annuity, less.goods)
(96000.0, 4000.0, 108000.0)
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from scoring.errors import InputError
from scoring.i18n import Said
from scoring.model.additive_model.lookup import Value, is_missing

DOCUMENTS = ("document_3", "document_6", "document_8")
"""Documents that have a feature of their own; the others are counted together."""
OTHER_DOCUMENTS = 20 - len(DOCUMENTS)
"""How many of the twenty documents of an application have no feature of their own."""
MOST_PAYMENTS = 600.0
MOST = 1e9


@dataclass(frozen=True)
class Changes:
    """What is to be changed in a request; None leaves what the client asked for.

    Attributes
    ----------
    amount : what is to be financed, before a down payment
    payments : number of monthly payments, a whole one
    down_payment : what the client pays at once; the price of the goods stays
    document_3, document_6, document_8 : whether that document comes with the application
    other_documents : how many of the other documents come with it
    """

    amount: float | None = None
    payments: float | None = None
    down_payment: float | None = None
    document_3: bool | None = None
    document_6: bool | None = None
    document_8: bool | None = None
    other_documents: int | None = None

    def __bool__(self) -> bool:
        return self != Changes()


def changes_as_dict(changes: Changes) -> dict[str, float | None]:
    """What is changed, by name, as plain numbers for a record."""
    return {name: float(value) for name, value in vars(changes).items() if value is not None}


@dataclass(frozen=True)
class Request:
    """What is asked for.

    Attributes
    ----------
    amount, payments, down_payment : see `Changes`; payments is None where the application states no monthly payment
    price_of_one : price of the goods for one unit of amount; None where no price is known
    documents : which of `DOCUMENTS` come with the application
    other_documents : how many of the others do
    """

    amount: float
    payments: float | None
    price_of_one: float | None = None
    down_payment: float = 0.0
    documents: frozenset[str] = frozenset()
    other_documents: int = 0

    @property
    def credit(self) -> float:
        """The credit asked for."""
        return self.amount - self.down_payment

    @property
    def annuity(self) -> float | None:
        """The monthly payment."""
        return None if self.payments is None else self.credit / self.payments

    @property
    def goods(self) -> float | None:
        """The price of the goods."""
        return None if self.price_of_one is None else self.price_of_one * self.amount

    def changed(self, changes: Changes) -> "Request":
        """The request with what is to be changed, changed.

        Raises
        ------
        InputError
            When a number is not finite or out of its bounds, the number of payments is not whole, or the down payment
            leaves no credit.
        """
        amount = self.amount if changes.amount is None else _bounded("amount", changes.amount, 1.0, MOST)
        payments = self.payments
        if changes.payments is not None:
            payments = _bounded("payments", changes.payments, 1.0, MOST_PAYMENTS)
            if not payments.is_integer():
                raise InputError(Said("problem.said.payments", value=f"{payments:g}"))
        down = self.down_payment
        if changes.down_payment is not None:
            down = _bounded("down_payment", changes.down_payment, 0.0, MOST)
        if amount - down < 1.0:
            raise InputError(Said("problem.said.down-payment", down=f"{down:g}", amount=f"{amount:g}"))
        given = {name: getattr(changes, name) for name in DOCUMENTS}
        documents = {name for name in DOCUMENTS if (name in self.documents if given[name] is None else given[name])}
        others = self.other_documents
        if changes.other_documents is not None:
            others = int(_bounded("other_documents", changes.other_documents, 0, OTHER_DOCUMENTS))
        return replace(
            self,
            amount=amount,
            payments=payments,
            down_payment=down,
            documents=frozenset(documents),
            other_documents=others,
        )


def request_of(facts: Mapping[str, Value]) -> Request:
    """What a client asks for, from the features that describe it.

    Raises
    ------
    InputError
        When the client's file states no amount.
    """
    credit, annuity, goods = (_number(facts, name) for name in ("credit_amount", "annuity", "goods_price"))
    if credit is None or credit < 1.0:
        raise InputError(Said("problem.said.no-amount", amount=credit))
    documents = frozenset(name for name in DOCUMENTS if _number(facts, name))
    return Request(
        amount=credit,
        payments=credit / annuity if annuity else None,
        price_of_one=None if goods is None else goods / credit,
        documents=documents,
        other_documents=max(int(_number(facts, "documents_given") or 0) - len(documents), 0),
    )


def _number(facts: Mapping[str, Value], name: str) -> float | None:
    value = facts.get(name)
    return None if is_missing(value) else float(value)  # type: ignore[arg-type]  # the dictionary says: a number


def _bounded(name: str, value: float, low: float, high: float) -> float:
    if not (math.isfinite(value) and low <= value <= high):
        raise InputError(
            Said("problem.said.bounds", name=name, low=f"{low:,.0f}", high=f"{high:,.0f}", value=f"{value:g}")
        )
    return float(value)
