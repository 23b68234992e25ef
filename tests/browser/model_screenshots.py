"""Take the screenshots of the model app for ``docs/screenshots``: ``python -m tests.browser.model_screenshots``."""

import sys

from scoring.i18n import LANGUAGES
from scoring.reports.brief import path_of
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.screenshots import FOLDER
from tests.browser.server import chromium, find_chromium, serving

PAGES = {
    "tour": "view=tour",
    "results": "view=model",
    "costs": "view=costs",
    "shapes": "view=shapes",
    "points": "view=points&client=100002&term=ext_source_mean",
    "validation": "view=validation",
    "watch": "view=watch",
    "problems": "view=problems",
}
SHOTS = (("desktop-light", DESKTOP), ("phone-dark", PHONE))


def main() -> None:
    """Some pages, in both languages, on a light desktop and a dark phone."""
    executable = find_chromium()
    if executable is None:
        sys.exit("Screenshots need a Chromium on this machine (Debian: apt-get install chromium-headless-shell).")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with serving() as address, chromium(executable) as browser:
        for lang in LANGUAGES:
            for shot, (width, height) in SHOTS:
                context = browser.new_context(
                    viewport={"width": width, "height": height},
                    color_scheme="dark" if shot.endswith("dark") else "light",
                )
                page = context.new_page()
                for name, query in PAGES.items():
                    page.goto(f"{address}{path_of(lang)}/?{query}")
                    page.wait_for_selector("h1:visible")
                    page.evaluate("document.fonts.ready")
                    for plot in page.locator("cs-plot").all()[:1]:
                        page.wait_for_function("(one) => 'drawn' in one.dataset", arg=plot.element_handle())
                    page.wait_for_timeout(300)
                    page.screenshot(path=FOLDER / f"model-{name}-{lang}-{shot}.png")
                context.close()


if __name__ == "__main__":
    main()
