"""What if: one simulation, the offer map, what would change a decision, a letter; and a slider in a real browser."""

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count

from benchmarks.measure import Figure, median_seconds
from scoring.audit.audited_decisions import Decided
from scoring.audit.letters import letter_of, pdf_of, read_sender
from scoring.explain.counterfactuals import Changes, LenderGrid, Span, map_of, offers_of
from scoring.model.artefacts import read_artefacts
from scoring.service import Service
from scoring.settings import DEMO
from tests.browser.server import chromium, find_chromium, serving

MOVES = 60
_MOVE = """async (values) => {
  const slider = document.querySelector('[data-slider=payments]');
  const shown = () => document.querySelector('.cs-follow-table [data-feature=annuity] td:last-child').textContent;
  const times = [];
  for (const value of values) {
    const before = shown(), start = performance.now();
    slider.value = value;
    slider.dispatchEvent(new Event('input', {bubbles: true}));
    while (shown() === before && performance.now() - start < 5000) await new Promise(requestAnimationFrame);
    times.push(performance.now() - start);
    await new Promise((done) => setTimeout(done, 50));
  }
  return times;
}"""


def figures() -> Iterator[Figure]:
    """Time each on the demo's example of a review, and one letter; then move a slider in Chromium."""
    service = Service(read_artefacts(DEMO))
    client_id = service.portfolio.examples()["review"]
    assessment = service.assess(client_id)
    client = service.simulator.client(assessment.facts, assessment.scored)
    contract = str(assessment.facts["contract_type"])
    amount = client.now.amount
    step = int(amount / 50)
    grid = LenderGrid({contract: Span(20 * step, 79 * step)}, {contract: Span(1, 60)}, step)
    made = map_of(client, client.now, grid)
    if made.outcomes.shape != (60, 60):
        raise RuntimeError(f"the map must be of 60 × 60 cells; got {made.outcomes.shape}")
    yield _milliseconds("one simulation", lambda: service.simulate(assessment, Changes(amount=0.8 * amount)))
    yield _milliseconds("offer map, 60 × 60", lambda: map_of(client, client.now, grid), bound=250)
    tried = offers_of(client, service.grid).tried
    yield _milliseconds(f"what would change it ({tried} requests)", lambda: offers_of(client, service.grid))
    decided = Decided("0" * 36, datetime.now(UTC).isoformat(), assessment, service.model)
    letter = letter_of(decided, read_sender(), "fr", synthetic=True)
    numbers = count()  # the typesetter remembers a letter that it set before
    yield _milliseconds("a letter as PDF", lambda: pdf_of(replace(letter, footer=f"{next(numbers)} {letter.footer}")))
    yield from _slider(client_id)


def _milliseconds(name: str, work: Callable[[], object], bound: float | None = None) -> Figure:
    return Figure(name, 1e3 * median_seconds(work), "ms", bound)


def _slider(client_id: int) -> Iterator[Figure]:
    """From a slider's move to the new payment shown, score and decision with it."""
    executable = find_chromium()
    if executable is None:
        return
    with serving() as address, chromium(executable) as browser:
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{address}/fr/?view=simulate&client={client_id}")
        page.wait_for_selector(".cs-map-field")
        time.sleep(1)
        values = [10 + 7 * i % 28 for i in range(MOVES + 5)]
        times = sorted(page.evaluate(_MOVE, values)[5:])
        yield Figure("a slider's move, median", statistics.median(times), "ms")
        yield Figure("a slider's move, 95 of 100", times[int(0.95 * len(times))], "ms", 150)
