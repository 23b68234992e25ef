"""Take the screenshots of ``docs/screenshots``: ``python -m tests.browser.screenshots``."""

import sys

from tests import ROOT
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.server import chromium, find_chromium, serving

FOLDER = ROOT / "docs" / "screenshots"
BETWEEN = 100400
"""A client of the embedded portfolio whose map of offers shows all three outcomes."""
PAGES = {
    "clients": ("/{lang}/", "#clients tbody"),
    "decision": ("/{lang}/?client=100002", "#terms"),
    "client": ("/{lang}/?view=client&client=100002", "#client-decision"),
    "simulate": (f"/{{lang}}/?view=simulate&client={BETWEEN}", "#map svg"),
    "reviews": ("/{lang}/?view=reviews", "#page-reviews h1"),
    "compare": ("/{lang}/?view=compare&client=100002", "[data-fact=income_total] cs-plot[data-drawn]"),
    "explore": ("/{lang}/?view=explore", "#explore-plane cs-plot[data-drawn]"),
}
"""Where each page is, and what is on it once it is drawn."""
CALCULATION = "#waterfall"
"""Lies below the decision's first screen: taken by itself, beside the page."""
SHOTS = (("desktop-light", DESKTOP), ("desktop-dark", DESKTOP), ("phone-light", PHONE), ("phone-dark", PHONE))


def main() -> None:
    """Every page, in both languages, at each size and theme."""
    executable = find_chromium()
    if executable is None:
        sys.exit("Screenshots need a Chromium on this machine (Debian: apt-get install chromium-headless-shell).")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with serving() as address, chromium(executable) as browser:
        for name, (path, drawn) in PAGES.items():
            for lang in ("fr", "en"):
                for shot, (width, height) in SHOTS:
                    context = browser.new_context(
                        viewport={"width": width, "height": height},
                        color_scheme="dark" if shot.endswith("dark") else "light",
                    )
                    page = context.new_page()
                    page.goto(address + path.format(lang=lang))
                    page.wait_for_selector(drawn)
                    page.evaluate("document.fonts.ready")
                    page.wait_for_timeout(300)
                    page.screenshot(path=FOLDER / f"{name}-{lang}-{shot}.png")
                    if name == "decision":
                        page.locator(CALCULATION).screenshot(path=FOLDER / f"calculation-{lang}-{shot}.png")
                    context.close()


if __name__ == "__main__":
    main()
