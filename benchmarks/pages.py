"""What the server does for the pages that compare and explore, at two sizes of portfolio: 48,744 and 356,255 clients.

Everything from a handler's input to the HTML it answers with; the browser's drawing is measured in the browser.
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.measure import Figure
from benchmarks.portfolios import service_of
from scoring.filters import Filters, Range
from scoring.service import Service
from scoring.web.charts import figure_html
from scoring.web.explored import figures as explored
from scoring.web.pages.compare import FACTS, Wanted, facts_html, group_of, told_html
from scoring.web.picking import masks_of, pictured
from scoring.web.questions import QUESTIONS, questions_html
from scoring.web.selection import Selection
from scoring.web.view import View
from scoring.web.whom import whom_html

SIZES = {48_744: 200.0, 356_255: 400.0}
"""Clients, and the most milliseconds that an answer may take."""
ROUNDS = 20
LANG = "fr"


def figures() -> Iterator[Figure]:
    """Measure each page at each size."""
    for clients, bound in SIZES.items():
        with tempfile.TemporaryDirectory() as folder:
            service = service_of(clients, Path(folder))
            len(service.portfolio)
            for name, work in _work(service).items():
                first, p95 = _times(work)
                yield Figure(f"{name}, {clients:,} clients, p95", p95, "ms", bound)
                yield Figure(f"{name}, {clients:,} clients, the very first", first, "ms")


def _work(service: Service) -> dict[str, Callable[[int], object]]:
    ids = service.portfolio.ids
    some = [int(one) for one in ids[:: max(len(ids) // ROUNDS, 1)]]
    income = [Filters(numbers={"income_total": Range(90_000 + 1_000 * at, None)}) for at in range(ROUNDS)]
    picks = [Selection(Filters(numbers={"credit_amount": Range(None, 300_000 + 9_000 * at)})) for at in range(ROUNDS)]
    picked = View(chosen=Selection(income[0]), origin="plane")
    return {
        "compare with similar clients": lambda at: _compare(service, some[at], "similar"),
        "compare with the nearest": lambda at: _compare(service, some[at], "nearest"),
        "compare with all": lambda at: _compare(service, some[at], "all"),
        "explore, a filter moved": lambda at: _explore(service, View(chosen=Selection(income[at]))),
        "explore, an area drawn": lambda at: _explore(service, replace(picked, picked=picks[at])),
        "explore, a ready question": lambda at: _explore(service, QUESTIONS[at % len(QUESTIONS)].view),
    }


def _compare(service: Service, client: int, kind: str) -> Sequence[str]:
    wanted = Wanted(client, kind, facts=FACTS)
    group, problem = group_of(service, wanted, LANG)
    return told_html(service.peers, group, wanted, problem, LANG), facts_html(service.peers, group, wanted, LANG)


def _explore(service: Service, view: View) -> Sequence[str]:
    masks, columns = masks_of(service, view), service.peers.columns
    return [
        questions_html(columns, view, None, LANG),
        whom_html(view, None, pictured(masks), "", LANG),
        *(figure_html(one, LANG, level=2) for one in explored(columns, view, None, masks, LANG)),
    ]


def _times(work: Callable[[int], object]) -> tuple[float, float]:
    """Milliseconds of the very first answer, and the 95th percentile of the later ones."""
    taken = []
    for at in range(ROUNDS):
        start = time.perf_counter()
        work(at)
        taken.append(1_000 * (time.perf_counter() - start))
    return taken[0], statistics.quantiles(taken[1:], n=20)[-1]
