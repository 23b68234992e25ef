"""What would change a decision: two or three choices in words, each a link to its simulation."""

from markupsafe import Markup

from scoring.errors import InputError
from scoring.explain.counterfactuals import Changes, Offers, Request, changes_as_dict
from scoring.explain.counterfactuals.request import DOCUMENTS
from scoring.explain.counterfactuals.wording import offer_lines, title
from scoring.i18n import text
from scoring.service import Assessment, Service
from scoring.web.page import Place
from scoring.web.templates import render

SIMULATE = "simulate"
"""The page's name in addresses."""


def what_would_change_html(service: Service, assessment: Assessment, lang: str) -> Markup:
    """The section of the decision page."""
    try:
        offers = service.offers(assessment)
    except InputError:
        return render(
            "decision", "change", lang=lang, title=text(lang, "offers.title.change"), choices="", simulate=None
        )
    return render(
        "decision",
        "change",
        lang=lang,
        title=title(offers, lang),
        choices=choices_html(offers, assessment, lang),
        simulate=Place(SIMULATE, assessment.client_id),
    )


def choices_html(offers: Offers, assessment: Assessment, lang: str) -> Markup:
    """The sentences: choices as a numbered list whose numbers are those of the map, the rest as text."""
    choices, lines = [], []
    for line in offer_lines(offers, assessment.decision.threshold_points, lang):
        if line.choice is None:
            lines.append(line.text)
            continue
        query = query_of(changes_between(offers.now, line.choice.request))
        choices.append(
            {
                "kind": line.choice.kind,
                "text": line.text,
                "data": {f"data-{name.replace('_', '-')}": value for name, value in query.items()},
                "place": Place(SIMULATE, assessment.client_id, query),
            }
        )
    return render("parts", "choices", lang=lang, choices=choices, lines=lines)


def changes_between(now: Request, then: Request) -> Changes:
    """What differs between a client's request and another one."""
    return Changes(
        amount=None if then.amount == now.amount else then.amount,
        payments=None if then.payments == now.payments else then.payments,
        down_payment=None if then.down_payment == now.down_payment else then.down_payment,
        document_3=_differs("document_3", now, then),
        document_6=_differs("document_6", now, then),
        document_8=_differs("document_8", now, then),
        other_documents=None if then.other_documents == now.other_documents else then.other_documents,
    )


def _differs(document: str, now: Request, then: Request) -> bool | None:
    given = document in then.documents
    return None if given == (document in now.documents) else given


def query_of(changes: Changes) -> dict[str, str]:
    """What is changed, as an address says it."""
    return {name: f"{value:.12g}" for name, value in changes_as_dict(changes).items() if value is not None}


def changes_of(fields: dict[str, str]) -> Changes:
    """Read what an address, or a form, says is to be changed; what is empty or unknown is left as it is.

    Raises
    ------
    InputError
        When a value is no number.

    >>> changes_of({"amount": "300000", "document_3": "1", "payments": ""})
    Changes(amount=300000.0, payments=None, down_payment=None, document_3=True, document_6=None, document_8=None, \
other_documents=None)
    """
    others = _number(fields, "other_documents")
    flags = {name: None if (value := _number(fields, name)) is None else value > 0.0 for name in DOCUMENTS}
    return Changes(
        amount=_number(fields, "amount"),
        payments=_number(fields, "payments"),
        down_payment=_number(fields, "down_payment"),
        other_documents=None if others is None else round(others),
        **flags,
    )


def _number(fields: dict[str, str], name: str) -> float | None:
    given = fields.get(name, "").strip()
    if not given:
        return None
    try:
        value = float(given)
    except ValueError:
        value = float("nan")
    if value != value or value in (float("inf"), float("-inf")):  # noqa: PLR0124  # NaN
        raise InputError(f"{name} must be a finite number; got {given[:40]!r}. Correct it.")
    return value
