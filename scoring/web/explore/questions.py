"""Ready questions to the portfolio: each is a place on the Explore page, one click away."""

from dataclasses import dataclass

from markupsafe import Markup

from scoring.portfolio.columns import Columns
from scoring.portfolio.filters import Filters, Range
from scoring.web.explore.view import View, read_view
from scoring.web.filter_selection import Selection
from scoring.web.page import Place
from scoring.web.templates import render

NAME = "explore"


@dataclass(frozen=True)
class Question:
    """A question's name in the texts, what the page shows for it, and the chart that answers."""

    key: str
    view: View
    answer: str


QUESTIONS: tuple[Question, ...] = (
    Question("transactions", View(top="card_drawings_sum"), "top"),
    Question("payments", View(top="installments_count", kind="income_type"), "top"),
    Question("debt", View(top="bureau_active_debt_sum", x="bureau_active_debt_sum", y="income_total"), "top"),
    Question("asked", View(top="credit_per_income", x="income_total", y="credit_amount"), "plane"),
    Question("age", View(top="income_total", x="age_years", y="income_total", kind="education"), "plane"),
    Question(
        "earners", View(across="income_total", up="credit_amount", show="difficulties", kind="income_total"), "squares"
    ),
    Question("declined", View(kind="occupation", chosen=Selection(Filters(decisions=("decline",)))), "kinds"),
    Question(
        "pensioners",
        View(
            top="credit_amount",
            x="income_total",
            y="credit_amount",
            kind="housing",
            chosen=Selection(
                Filters(
                    decisions=("decline",),
                    numbers={"credit_amount": Range(None, 200_000.0)},
                    codes={"income_type": ("Pensioner",)},
                )
            ),
        ),
        "top",
    ),
)
"""In the order of the buttons; the first is the one that everybody asks."""


def usable(question: Question, columns: Columns) -> bool:
    """Whether the portfolio holds the facts that a question is about."""
    return read_view(question.view.query, columns) == question.view


def questions_html(columns: Columns, view: View, client: int | None, lang: str) -> Markup:
    """The questions as links that look like buttons; the one that is shown is said to be."""
    questions = [
        (one.key, Place(NAME, client, _query(one)), view.unpicked() == one.view)
        for one in QUESTIONS
        if usable(one, columns)
    ]
    return render("explore", "questions", lang=lang, questions=questions)


def _query(question: Question) -> dict[str, str]:
    """The address of a question; the first names its quantity, so that its address says what it asks."""
    query = question.view.query
    return query or {"top": question.view.top}
