"""The inputs of a simulation: a slider and a number for each value, all of them on one form.

The rule: the form's data hold the exact values; a slider or a box changes its own alone. What the client asked for is
marked, and stays until something is moved, though it lies between two steps of a slider.
"""

from collections.abc import Collection
from html import escape

from scoring.data.features import DICTIONARY
from scoring.explain.counterfactuals import LenderGrid, OfferMap, Request
from scoring.explain.counterfactuals.request import DOCUMENTS, OTHER_DOCUMENTS
from scoring.explain.counterfactuals.wording import payments_said
from scoring.i18n import number, text
from scoring.web.offers import changes_between, query_of


def dials_html(
    client_id: int, now: Request, here: Request, offered: OfferMap, grid: LenderGrid, moves: Collection[str], lang: str
) -> str:
    """The form of one client, with a simulated request in it."""
    values = {"amount": now.amount, "payments": now.payments, "down_payment": 0.0}
    exact = {name: "" if value is None else f"{value:.12g}" for name, value in values.items()}
    exact |= {name: str(int(name in now.documents)) for name in DOCUMENTS}
    exact |= {"other_documents": str(now.other_documents)}
    asked = " ".join(f'data-asked-{_dashed(name)}="{value}"' for name, value in exact.items())
    current = exact | query_of(changes_between(now, here))
    data = " ".join(f'data-{_dashed(name)}="{escape(value)}"' for name, value in current.items())
    return (
        f'<form class="cs-dials" id="dials" data-client="{client_id}" {data} {asked} autocomplete="off">'
        f"<h2>{escape(text(lang, 'page.simulate.inputs'))}</h2>"
        f"{_amount(now, here, offered, grid, lang)}{_payments(now, here, offered, lang)}{_down(now, here, grid, lang)}"
        f"{_documents(here, moves, lang)}"
        f'<button type="button" class="cs-button" data-reset>{escape(text(lang, "page.simulate.back"))}</button></form>'
    )


def _dashed(name: str) -> str:
    return name.replace("_", "-")


def _amount(now: Request, here: Request, offered: OfferMap, grid: LenderGrid, lang: str) -> str:
    amounts = offered.amounts
    low = float(amounts[0]) if len(amounts) else now.amount
    high = float(amounts[-1]) if len(amounts) else now.amount
    return _dial(
        "amount",
        text(lang, "page.simulate.amount"),
        (min(low, _step_down(now.amount, grid.step)), max(high, now.amount), float(grid.step)),
        here.amount,
        now.amount,
        (number(here.amount, lang), number(now.amount, lang)),
        lang,
    )


def _step_down(value: float, step: int) -> float:
    return max(step * (value // step), 1.0)


def _payments(now: Request, here: Request, offered: OfferMap, lang: str) -> str:
    payments = offered.payments
    own = now.payments
    label = text(lang, "page.simulate.payments")
    if len(payments) <= 1:
        shown = payments_said(own, lang) if own is not None else text(lang, "page.decision.unknown")
        fixed = text(lang, "page.simulate.fixed", payments=shown)
        return f'<div class="cs-dial"><p class="cs-dial-label">{escape(label)}</p><p>{escape(fixed)}</p></div>'
    at = here.payments if here.payments is not None else float(payments[0])
    asked = "" if own is None else payments_said(own, lang)
    shown = "" if here.payments is None else payments_said(here.payments, lang)
    return _dial("payments", label, (float(payments[0]), float(payments[-1]), 1.0), at, own, (shown, asked), lang)


def _down(now: Request, here: Request, grid: LenderGrid, lang: str) -> str:
    most = max(now.amount - grid.step, 0.0)
    return _dial(
        "down_payment",
        text(lang, "page.simulate.down"),
        (0.0, _step_down(most, grid.step) if most >= grid.step else float(grid.step), float(grid.step)),
        here.down_payment,
        0.0,
        (number(here.down_payment, lang), number(0.0, lang)),
        lang,
    )


def _dial(
    name: str,
    label: str,
    span: tuple[float, float, float],
    value: float,
    asked: float | None,
    shown: tuple[str, str],
    lang: str,
) -> str:
    low, high, step = span
    mark = ""
    if asked is not None and high > low and low <= asked <= high:
        mark = f'<i class="cs-dial-mark" style="left:{100 * (asked - low) / (high - low):.2f}%" aria-hidden="true"></i>'
    own = (
        f'<span class="cs-dial-asked">{escape(text(lang, "page.simulate.asked", value=shown[1]))}</span>'
        if shown[1]
        else ""
    )
    at = f"dial-{_dashed(name)}"
    return (
        f'<div class="cs-dial" data-name="{name}"><div class="cs-dial-head"><label class="cs-dial-label" for="{at}">'
        f'{escape(label)}</label>{own}<input type="text" id="{at}" inputmode="decimal" data-box="{name}" '
        f'value="{escape(shown[0])}"></div>'
        f'<div class="cs-dial-track"><input type="range" data-slider="{name}" aria-label="{escape(label)}" '
        f'aria-valuetext="{escape(shown[0])}" min="{low:g}" max="{high:g}" step="{step:g}" value="{value:.12g}">{mark}</div>'
        f'<div class="cs-dial-ends" aria-hidden="true"><span>{number(low, lang)}</span><span>{number(high, lang)}</span>'
        "</div></div>"
    )


def _documents(here: Request, moves: Collection[str], lang: str) -> str:
    """The other inputs an applicant can act on, folded; those alone that the score looks at."""
    counted = "documents_given" in moves
    boxes = "".join(
        f'<label class="cs-tick-box"><input type="checkbox" data-box="{name}"{" checked" if name in here.documents else ""}>'
        f"{escape(DICTIONARY[name].label.say(lang))}</label>"
        for name in DOCUMENTS
        if counted or name in moves
    )
    if counted:
        label = escape(text(lang, "page.simulate.other.count"))
        boxes += (
            f'<label class="cs-tick-box">{label}<input type="number" data-box="other_documents" min="0" '
            f'max="{OTHER_DOCUMENTS}" value="{here.other_documents}"></label>'
        )
    if not boxes:
        return ""
    lead = escape(text(lang, "page.simulate.other.lead"))
    return (
        f"<details><summary>{escape(text(lang, 'page.simulate.other'))}</summary>"
        f'<p class="cs-lead cs-small">{lead}</p>{boxes}</details>'
    )
