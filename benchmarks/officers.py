"""What an officer waits for, in Chromium on the machine that serves: the first page, a client, a list narrowed.

Each time lasts from what the officer does until all of its answer is drawn: two frames after the last part is there.
"""

import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page

from benchmarks.measure import Figure
from benchmarks.portfolios import service_of
from tests.browser.server import chromium, find_chromium, serving

CLIENTS = 48_744
FILTERS = {CLIENTS: 200.0, 356_255: 400.0}
"""Clients, and the most milliseconds that another filter may take."""
FIRST, CHOOSE, COLD, WARM = 2_500.0, 400.0, 10, 5
CHOSEN = 60
NARROWED = 60
LANG = "fr"
_CHOOSE = """async (clients) => {
  const frame = () => new Promise(requestAnimationFrame), times = [];
  for (const client of clients) {
    const box = document.querySelector('#cs-find'), start = performance.now();
    box.value = client;
    box.form.requestSubmit();
    const there = () => document.querySelector('h1')?.textContent.endsWith(client)
      && document.querySelector('#waterfall .cs-waterfall') && document.querySelector('#letter')
      && document.querySelector(`#letter a[href*="/${client}/"]`) && document.querySelector('#dossier h2');
    while (!there() && performance.now() - start < 10000) await frame();
    await frame(); await frame();
    times.push(performance.now() - start);
    await new Promise((rest) => setTimeout(rest, 150));
  }
  return times;
}"""
_NARROW = """async (moves) => {
  const frame = () => new Promise(requestAnimationFrame), times = [];
  const boxes = [...document.querySelectorAll('#filters [data-field=decision], #filters [data-field=occupation]')];
  for (let at = 0; at < moves; at++) {
    const box = boxes[at % boxes.length], before = location.search, start = performance.now();
    box.click();
    // The address follows once list and counts are drawn, which may say the same as before.
    while (location.search === before && performance.now() - start < 10000) await frame();
    await frame(); await frame();
    times.push(performance.now() - start);
    await new Promise((rest) => setTimeout(rest, 100));
  }
  return times;
}"""


def figures() -> Iterator[Figure]:
    """Open pages cold, choose clients, change filters; without a Chromium there is nothing to measure."""
    executable = find_chromium()
    if executable is None:
        return
    for clients, most in FILTERS.items():
        with tempfile.TemporaryDirectory() as folder:
            ids = service_of(clients, Path(folder)).portfolio.ids
            with serving(CLAIRSCORE_ARTEFACTS=folder) as address, chromium(executable) as browser:
                if clients == CLIENTS:
                    yield _p95("the first page usable, cold browser", clients, _cold(browser, address), FIRST)
                    some = [str(one) for one in ids[:: len(ids) // (CHOSEN + WARM)]][: CHOSEN + WARM]
                    times = _page(browser, f"{address}/{LANG}/?client={ids[-1]}", "#waterfall").evaluate(_CHOOSE, some)
                    yield _p95("choosing a client: everything drawn", clients, times[WARM:], CHOOSE)
                times = _page(browser, f"{address}/{LANG}/", "#clients tbody tr").evaluate(_NARROW, NARROWED + WARM)
                yield _p95("filter change: list and counts", clients, times[WARM:], most)


def _cold(browser: Browser, address: str) -> list[float]:
    """Milliseconds until the list is drawn and can be searched, with nothing in the browser's cache."""
    times = []
    for _ in range(COLD):
        page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        page.goto(f"{address}/{LANG}/", wait_until="commit")
        page.wait_for_selector("#clients tbody tr")
        times.append(float(page.evaluate("performance.now()")))
        page.context.close()
    return times


def _page(browser: Browser, address: str, there: str) -> Page:
    page = browser.new_context(viewport={"width": 1440, "height": 2400}).new_page()
    page.set_default_timeout(120_000)
    page.goto(address)
    page.wait_for_selector(there)
    return page


def _p95(name: str, clients: int, times: list[float], bound: float) -> Figure:
    p95 = statistics.quantiles(times, n=20, method="inclusive")[-1]
    return Figure(f"{name}, {clients:,} clients, p95 of {len(times)}", p95, "ms", bound)
