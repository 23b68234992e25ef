"""What every page must be: without findings of axe, as wide as its screen, legible at 200%, told without colour."""

import re
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
WIDTHS = (320, 390, 768, 1024, 1440, 1920)
JARGON = re.compile(
    r"log-odds|\bWoE\b|\bSHAP\b|\bfeatures?\b|\blogit|\bAUC\b|\bEBM\b|scorecard|\b(?:nan|undefined)\b", re.IGNORECASE
)
"""Words of data science, and of a program, that no officer should read."""
_OPEN = "document.querySelectorAll('details').forEach((one) => { one.open = true; })"
_SEEN = """() => {
  const seen = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode, words = node.textContent.trim(), within = node.parentElement;
    if (!words || within.closest('script, style, option, .cs-visually-hidden, [data-testid=status-tracker]')) continue;
    const there = within.checkVisibility({visibilityProperty: true}) && within.getClientRects().length;
    if (there) seen.push(words);
  }
  return seen;
}"""
_CUT = """() => [...document.querySelectorAll('.gradio-container *')].filter((one) => {
  if (!one.checkVisibility({visibilityProperty: true})) return false;
  if (one.closest('svg, select, .cs-visually-hidden, .cs-carried')) return false;
  const own = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
  const hides = ['hidden', 'clip'].includes(getComputedStyle(one).overflowX);
  const runs = [...one.children].some((part) => part.checkVisibility()
    && part.getBoundingClientRect().right > innerWidth + 1
    && !part.closest('.cs-scroll, [tabindex], .cs-pages, .cs-questions, #actions'));  // what scrolls by itself
  return (own && hides && one.scrollWidth > one.clientWidth + 1) || runs;
}).map((one) => `${one.tagName}.${one.className} ${one.textContent.trim().slice(0, 60)}`)"""
_SILENT = """() => [...document.querySelectorAll('svg, img, canvas, cs-plot, [role=img]')].filter((one) =>
  one.checkVisibility() && !one.closest('[aria-hidden=true], #js-plotly-tester')
  && !one.matches('.dropdown-arrow')  // the arrow beside a labelled list that opens is decoration of Gradio's
  && !one.getAttribute('aria-label') && !one.getAttribute('alt')
  && !one.closest('[role=application][aria-label]')
).map((one) => one.outerHTML.slice(0, 120))"""


def open_folds(page: Page) -> None:
    """Open everything that is folded."""
    page.evaluate(_OPEN)


def axe_findings(page: Page, *rules: str) -> list[str]:
    """Serious and critical findings of axe; any finding of `rules`, where they are named.

    Raises
    ------
    AssertionError
        When axe checked nothing.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    options = {"resultTypes": ["violations"], **({"runOnly": list(rules)} if rules else {})}
    found = page.evaluate("(options) => axe.run(document, options)", options)
    assert found["passes"], "axe must have checked something"
    return [
        f"axe {one['id']}: {node['html'][:160]}"
        for one in found["violations"]
        if rules or one["impact"] in ("serious", "critical")
        for node in one["nodes"][:3]
    ]


def sideways_scrolls(page: Page, widths: tuple[int, ...] = WIDTHS) -> Iterator[str]:
    """Each width at which the page is wider than its screen; the size is restored."""
    before = page.viewport_size
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.evaluate("Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)")
        if wide > width:
            yield f"scrolls sideways: {wide} of {width} pixels"
    if before is not None:
        page.set_viewport_size(before)


def lost_at_double_size(page: Page) -> Iterator[str]:
    """What cannot be read at 200%, which leaves half of the screen (WCAG 1.4.4)."""
    size = page.viewport_size
    assert size is not None
    before = page.evaluate(_SEEN)
    page.set_viewport_size({"width": size["width"] // 2, "height": size["height"] // 2})
    open_folds(page)
    if page.locator("#show-filters:visible").count():
        page.locator("#show-filters").check()  # folded, and a click away
    after = set(page.evaluate(_SEEN))
    yield from (f"lost at 200%: {one}" for one in before if one not in after)
    yield from (f"cut at 200%: {one}" for one in page.evaluate(_CUT))
    page.set_viewport_size(size)


def pictures_without_text(page: Page) -> list[str]:
    """Pictures without a text alternative (WCAG 1.1.1); a chart must have a table beside it."""
    without = page.evaluate(
        """() => [...document.querySelectorAll('cs-plot, .cs-map-field')].filter((one) => one.checkVisibility()
          && !one.closest('figure, section').querySelectorAll('table tbody tr').length)
          .map((one) => one.outerHTML.slice(0, 120))"""
    )
    return [f"picture without text: {one}" for one in [*page.evaluate(_SILENT), *without]]
