"""What a simulation asks and says: the dials of its form, the proposal and what moves it, what follows the request.

The rule: the form's data hold the exact values; a slider or a box changes its own alone. What the client asked for is
marked, and stays until something is moved, though it lies between two steps of a slider.
"""

from collections.abc import Collection, Iterator
from typing import Any

from markupsafe import Markup

from scoring.data.features import DICTIONARY, say
from scoring.explain.counterfactuals import LenderGrid, OfferMap, Request
from scoring.explain.counterfactuals.request import DOCUMENTS, OTHER_DOCUMENTS
from scoring.explain.counterfactuals.wording import payments_said
from scoring.i18n import number, text
from scoring.model.decision import UNCERTAIN
from scoring.service import Assessment, Service, Simulation
from scoring.web.cards import SHOWN
from scoring.web.decision_summary import chance_html, distance_sentence, uncertainty_sentences
from scoring.web.gauge import gauge_svg
from scoring.web.offers import changes_between, query_of
from scoring.web.templates import render
from scoring.web.waterfall import signed

FOLLOWS = (
    "credit_amount", "annuity", "goods_price", "annuity_per_income", "credit_per_income",
    "goods_per_income", "credit_per_goods", "credit_above_goods",
)  # fmt: skip
"""Features of the application shown, in this order, whether they move or not; the number of payments is a dial itself."""
LEAST_MOVE = 0.5
"""Points below which a change of the score is not told."""


def inputs_html(
    client_id: int, now: Request, here: Request, offered: OfferMap, grid: LenderGrid, moves: Collection[str], lang: str
) -> Markup:
    """The form of one client, with a simulated request in it."""
    values = {"amount": now.amount, "payments": now.payments, "down_payment": 0.0}
    original = {name: "" if value is None else f"{value:.12g}" for name, value in values.items()}
    original |= {name: str(int(name in now.documents)) for name in DOCUMENTS}
    original |= {"other_documents": str(now.other_documents)}
    current = original | query_of(changes_between(now, here))
    data = {f"data-{_dashed(name)}": value for name, value in current.items()}
    counted = "documents_given" in moves
    return render(
        "simulate",
        "inputs",
        lang=lang,
        client=client_id,
        data=data | {f"data-asked-{_dashed(name)}": value for name, value in original.items()},
        dials=[
            _amount(now, here, offered, grid, lang),
            _payments(now, here, offered, lang),
            _down(now, here, grid, lang),
        ],
        documents=[
            (name, DICTIONARY[name].label.say(lang), name in here.documents)
            for name in DOCUMENTS
            if counted or name in moves
        ],
        others=here.other_documents if counted else None,
        most_others=OTHER_DOCUMENTS,
    )


def _dashed(name: str) -> str:
    return name.replace("_", "-")


def _amount(now: Request, here: Request, offered: OfferMap, grid: LenderGrid, lang: str) -> dict[str, Any]:
    amounts = offered.amounts.tolist() or [now.amount]
    return _dial(
        "amount",
        text(lang, "page.simulate.amount"),
        (min(amounts[0], _step_down(now.amount, grid.step)), max(amounts[-1], now.amount), float(grid.step)),
        here.amount,
        now.amount,
        (number(here.amount, lang), number(now.amount, lang)),
    )


def _step_down(value: float, step: int) -> float:
    return max(step * (value // step), 1.0)


def _payments(now: Request, here: Request, offered: OfferMap, lang: str) -> dict[str, Any]:
    payments = offered.payments.tolist()
    own = now.payments
    label = text(lang, "page.simulate.payments")
    if len(payments) <= 1:
        shown = payments_said(own, lang) if own is not None else text(lang, "page.decision.unknown")
        return {"label": label, "fixed": text(lang, "page.simulate.fixed", payments=shown)}
    at = here.payments if here.payments is not None else payments[0]
    own_words = "" if own is None else payments_said(own, lang)
    shown = "" if here.payments is None else payments_said(here.payments, lang)
    return _dial("payments", label, (payments[0], payments[-1], 1.0), at, own, (shown, own_words))


def _down(now: Request, here: Request, grid: LenderGrid, lang: str) -> dict[str, Any]:
    most = max(now.amount - grid.step, 0.0)
    return _dial(
        "down_payment",
        text(lang, "page.simulate.down"),
        (0.0, _step_down(most, grid.step) if most >= grid.step else float(grid.step), float(grid.step)),
        here.down_payment,
        0.0,
        (number(here.down_payment, lang), number(0.0, lang)),
    )


def _dial(
    name: str, label: str, span: tuple[float, float, float], value: float, own: float | None, words: tuple[str, str]
) -> dict[str, Any]:
    """A slider over a span with its step; `words` are its value and the client's own as they are written."""
    low, high, step = span
    mark = ""
    if own is not None and high > low and low <= own <= high:
        mark = f"{100 * (own - low) / (high - low):.2f}"
    dial = {"name": name, "label": label, "fixed": "", "low": low, "high": high, "step": step, "value": value}
    return {**dial, "shown": words[0], "asked": words[1], "mark": mark}


def simulated_html(service: Service, own: Assessment, simulation: Simulation, lang: str) -> Markup:
    """The proposal for the simulated request, beside what is proposed for the client's own."""
    decision, explanation = simulation.assessment.decision, simulation.assessment.explanation
    distance = distance_sentence(decision, lang)
    proposal = text(lang, f"decision.officer.{decision.outcome}")
    reasons = {
        effect: [one.sentence(lang) for one in found[:SHOWN]]
        for effect, found in (("against", explanation.against), ("for", explanation.in_favour))
    }
    return render(
        "simulate",
        "result",
        lang=lang,
        decision=decision,
        status=text(
            lang,
            "page.simulate.status",
            decision=proposal,
            points=number(decision.points, lang),
            distance=distance,
        ),
        gauge=gauge_svg(decision, service.model.scale.pdo, lang),
        distance=distance,
        compared=_compared(own, simulation, lang),
        warnings=list(_warnings(simulation, lang)),
        changed=simulation.request != simulation.now,
        moves=_moves(own, simulation, lang),
        reasons=reasons.items(),
        chance=chance_html(service, decision, lang),
    )


def _compared(own: Assessment, simulation: Simulation, lang: str) -> str:
    """How many points more or fewer than for the client's own request."""
    if simulation.request == simulation.now:
        return text(lang, "page.simulate.same")
    more = round(simulation.assessment.decision.points) - round(own.decision.points)
    if more == 0:
        return text(lang, "page.simulate.equal")
    return text(lang, "page.simulate.more" if more > 0 else "page.simulate.fewer", points=abs(more))


def _warnings(simulation: Simulation, lang: str) -> Iterator[str]:
    decision, outside = simulation.assessment.decision, simulation.assessment.scored.outside
    if UNCERTAIN in decision.review_because:
        yield uncertainty_sentences(decision, lang)
    if outside:
        names = ", ".join(DICTIONARY[name].label.say(lang) for name in outside)
        yield text(lang, "page.simulate.outside", names=names)
    if not simulation.within_grid:
        yield text(lang, "page.simulate.beyond")


def _moves(own: Assessment, simulation: Simulation, lang: str) -> list[tuple[str, str]]:
    """Labels and points of the features that move the score, largest first."""
    before, after = own.explanation.effects, simulation.assessment.explanation.effects
    changes = {name: after[name] - before[name] for name in after if abs(after[name] - before[name]) >= LEAST_MOVE}
    return [
        (DICTIONARY[name].label.say(lang), signed(points, lang, 0))
        for name, points in sorted(changes.items(), key=lambda one: -abs(one[1]))
    ]


def followed_html(own: Assessment, simulation: Simulation, lang: str) -> Markup:
    """The features that follow the request, before and after."""
    facts = simulation.assessment.facts
    shown = [name for name in FOLLOWS if name in facts]
    shown += [name for name in simulation.moved if name not in (*FOLLOWS, "credit_per_annuity")]
    rows = [
        {
            "name": name,
            "label": DICTIONARY[name].label.say(lang),
            "moved": name in simulation.moved,
            "before": say(DICTIONARY[name], own.facts.get(name), lang),
            "after": say(DICTIONARY[name], facts[name], lang),
        }
        for name in shown
    ]
    return render("simulate", "followed", lang=lang, rows=rows)
