"""The pages that compare and explore, at two sizes of portfolio: what the server does, and what a browser shows.

The server's part is everything from a handler's input to the HTML it answers with; the browser's lasts from a click to
the chart drawn anew.
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.measure import Figure
from benchmarks.portfolios import service_of
from scoring.portfolio.filters import Filters, Range
from scoring.service import Service
from scoring.web.charts import figure_html
from scoring.web.explore.figures import figures as explored
from scoring.web.explore.picking import masks_of, pictured
from scoring.web.explore.view import View
from scoring.web.filter_selection import Selection
from scoring.web.pages.compare import FACTS, Wanted, facts_html, group_html, group_of
from scoring.web.pages.explore import QUESTIONS, questions_html, selection_html
from tests.browser.server import chromium, find_chromium, serving

SIZES = {48_744: 200.0, 356_255: 400.0}
"""Clients, and the most milliseconds that an answer may take."""
ROUNDS = 20
IN_BROWSER = 48_744
MOVES = 30
_CHANGE = """async ([choices, told, plot, moves]) => {
  const times = [];
  for (let at = 1; at <= moves; at++) {
    const boxes = document.querySelectorAll(choices), words = document.querySelector(told);
    const before = words.textContent, start = performance.now();
    boxes[at % boxes.length].click();
    const done = () => words.textContent !== before && document.querySelector(plot)?.dataset.drawn !== undefined;
    while (!done() && performance.now() - start < 10000) await new Promise(requestAnimationFrame);
    times.push(performance.now() - start);
    await new Promise((rest) => setTimeout(rest, 200));
  }
  return times;
}"""
IN_SIGHT = {
    "compare, another group": (
        "view=compare&client=100002",
        "#compare-kind input",
        "#compare-told",
        "[data-fact=income_total] cs-plot",
    ),
    "explore, another share": (
        "view=explore",
        "#explore-choose-show input",
        "#explore-squares h2",
        "#explore-squares cs-plot",
    ),
}
"""The address, what is clicked in turn, what says something else then, and the chart that is drawn anew."""
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
            if clients == IN_BROWSER:
                yield from _in_browser(Path(folder), clients)


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
    return group_html(service.peers, group, wanted, problem, LANG), facts_html(service.peers, group, wanted, LANG)


def _explore(service: Service, view: View) -> Sequence[str]:
    masks, columns = masks_of(service, view), service.peers.columns
    return [
        questions_html(columns, view, None, LANG),
        selection_html(view, None, pictured(masks), "", LANG),
        *(figure_html(one, LANG, level=2) for one in explored(columns, view, None, masks, LANG)),
    ]


def _in_browser(folder: Path, clients: int) -> Iterator[Figure]:
    """From a click to another chart, in Chromium, on the machine that serves."""
    executable = find_chromium()
    if executable is None:
        return
    with serving(CLAIRSCORE_ARTEFACTS=str(folder)) as address, chromium(executable) as browser:
        for name, (query, *watched) in IN_SIGHT.items():
            page = browser.new_page(viewport={"width": 1440, "height": 2400})
            page.goto(f"{address}/{LANG}/?{query}")
            page.wait_for_selector(f"{watched[-1]}[data-drawn]")
            times = page.evaluate(_CHANGE, [*watched, MOVES + 2])[2:]
            yield Figure(
                f"{name}, in a browser, {clients:,} clients, p95", statistics.quantiles(times, n=20)[-1], "ms", 400
            )


def _times(work: Callable[[int], object]) -> tuple[float, float]:
    """Milliseconds of the very first answer, and the 95th percentile of the later ones."""
    taken = []
    for at in range(ROUNDS):
        start = time.perf_counter()
        work(at)
        taken.append(1_000 * (time.perf_counter() - start))
    return taken[0], statistics.quantiles(taken[1:], n=20)[-1]
