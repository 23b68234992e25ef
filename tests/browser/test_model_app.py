"""The model app in a browser: every page for everyone, live costs, the jury's walk in clicks, the journal."""

import pytest
from playwright.sync_api import Page, expect

from scoring.i18n import number
from scoring.service import Service
from scoring.web.model_app.frame import MODEL_PAGES
from tests.browser.conftest import DESKTOP, PHONE, Opener, wait_until_drawn
from tests.browser.looks import axe_findings, sideways_scrolls

pytestmark = pytest.mark.browser
NAMES = [page.NAME for page in MODEL_PAGES]
WIDTHS = (320, 1024)


def go(page: Page, query: str) -> None:
    """Go somewhere inside the app, as its links do."""
    page.evaluate("(query) => window.clairscore.go(query)", query)
    wait_until_drawn(page)


def open_first(page: Page) -> None:
    """Open the first of what is folded: some pages fold hundreds of the same kind."""
    page.evaluate("[...document.querySelectorAll('details')].slice(0, 20).forEach((one) => { one.open = true; })")


@pytest.mark.parametrize(("size", "scheme", "lang"), [(DESKTOP, "light", "fr"), (PHONE, "dark", "en")])
def test_every_page_fits_and_reads(open_page: Opener, size: tuple[int, int], scheme: str, lang: str) -> None:
    page = open_page(f"/{lang}/{'modele' if lang == 'fr' else 'model'}/", size, scheme)
    expect(page.locator("html")).to_have_attribute("lang", lang)
    wrong: list[tuple[str, str]] = []
    for name in NAMES:
        go(page, f"view={name}")
        expect(page.locator(f"#page-{name} h1")).to_be_visible()
        expect(page.locator("h1:visible")).to_have_count(1)
        open_first(page)
        # In the dark and small, what differs: contrast and sizes. The rest is the same page.
        rules = () if scheme == "light" else ("color-contrast", "link-in-text-block", "target-size")
        wrong += [(name, one) for one in (*axe_findings(page, *rules), *sideways_scrolls(page, WIDTHS))]
    assert wrong == []


def test_a_slider_of_cost_moves_the_optimum(open_page: Opener) -> None:
    page = open_page("/en/model/?view=costs")
    threshold, optimum = page.locator("#cost-threshold dd"), page.locator("#cost-optimum dd")
    expect(threshold).to_contain_text("9.1%")
    before = (
        optimum.inner_text(),
        page.locator("#confusion").inner_text(),
        page.locator("#cost-accepted dd").inner_text(),
    )
    slider = page.locator("#costs-fn input[type=range]")
    for _ in range(4):  # half a unit each
        slider.press("ArrowRight")
    expect(threshold).to_contain_text("7.7%")  # 1 / (1 + 12)
    slider.press("End")
    expect(threshold).to_contain_text("2.0%")  # 1 / (1 + 50)
    assert optimum.inner_text() != before[0]
    assert page.locator("#confusion").inner_text() != before[1]
    assert page.locator("#cost-accepted dd").inner_text() != before[2]
    expect(page.locator("#figure-cost-curves cs-plot")).to_have_attribute("data-drawn", "")


def test_costs_in_money_and_by_another_criterion(open_page: Opener) -> None:
    page = open_page("/en/model/?view=costs")
    page.get_by_role("radio", name="in money").check()
    expect(page.locator("#costs-loss")).to_be_visible()
    expect(page.locator("#costs-fn")).to_be_hidden()
    expect(page.locator("#cost-threshold dd")).to_contain_text("9.1%")  # 6 / (6 + 60)
    page.get_by_role("radio", name="accuracy").check()
    expect(page.locator("#cost-threshold dd")).to_contain_text("accuracy")
    expect(page.locator("#cost-total small")).not_to_have_text("0 more than the measured optimum")


def test_the_jurys_walk(open_page: Opener, demo: Service, examples: dict[str, int]) -> None:
    """From a client's decision to the row of the table, and the bin count, behind one reason: two clicks."""
    client = examples["decline"]
    page = open_page(f"/en/?client={client}")
    clicks = 0
    reason = page.locator("#reasons-against [data-feature]").first.get_attribute("data-feature") or ""
    page.locator("#terms summary").click()
    clicks += 1
    page.locator(f'#terms tr[data-term="{reason}"] a.cs-origin').click()
    clicks += 1
    row = page.locator("tr[data-sought]")
    expect(row).to_be_in_viewport()
    term = next(term for term in demo.model.terms if term.features == (reason,))
    cell = demo.lookup.score(demo.portfolio.values_of(client, tuple(demo.model.features))).cells[
        demo.model.terms.index(term)
    ]
    expect(row).to_contain_text(number(term.counts[cell], "en"))
    assert clicks == 2


def test_points_are_searched_sorted_added_up_and_taken_away(open_page: Opener, demo: Service) -> None:
    page = open_page("/fr/modele/?view=points")
    bodies = page.locator("#grid tbody")
    expect(bodies).to_have_count(len(demo.model.terms))
    first = bodies.first.get_attribute("data-term")
    page.locator("#points-sort input").click()
    page.get_by_role("option", name="alphabétique").click()
    expect(bodies.first).not_to_have_attribute("data-term", first or "")
    page.locator("#points-search input").fill("mensualité")
    expect(bodies).not_to_have_count(len(demo.model.terms))
    page.locator("#points-client input").fill("100 002")
    page.locator("#points-open").click()
    expect(page.locator("#sum-total")).to_be_visible()
    decision = demo.assess(100002).decision
    assert float(page.locator("#sum-total").get_attribute("data-points") or "nan") == decision.points
    page.locator("#sum-table a").first.click()
    expect(page.locator("tr.cs-grid-client").first).to_be_in_viewport()
    for form in ("csv", "xlsx", "json", "sql", "pmml"):
        href = page.locator(f'.cs-files a[data-form="{form}"]').get_attribute("href") or ""
        answer = page.request.get(page.evaluate("(href) => new URL(href, location.href).href", href))
        assert answer.ok, form
        assert len(answer.body()) > 1000


def test_a_decision_is_found_and_replayed(open_page: Opener, address: str) -> None:
    page = open_page("/en/")
    made = page.request.get(f"{address}/api/predict/100001").json()
    page = open_page(f"/en/model/?view=journal&client={made['client_id']}")
    # Opening the page is a consultation, which may stand above the decision.
    decision = page.locator("#journal-entries tbody tr").filter(has_text="Decision").first
    decision.get_by_role("link", name="replay").click()
    expect(page.locator("#replayed")).to_have_attribute("data-same", "true")
    expect(page.locator("#replayed")).to_contain_text("replayed, the same")
    page.locator("#journal-verify").click()
    expect(page.locator("#journal-checked")).to_contain_text("The chain holds")


def test_pages_by_keyboard_alone(open_page: Opener) -> None:
    page = open_page("/en/model/")
    for _ in range(10):
        if page.evaluate("document.activeElement.dataset.page === 'model'"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#page-model h1")).to_be_focused()
    assert "view=model" in page.url
    page.go_back()
    expect(page.locator("#page-tour h1")).to_be_visible()


def test_the_tour_leads_everywhere(open_page: Opener, address: str) -> None:
    page = open_page("/fr/modele/")
    links = page.locator(".cs-tour a")
    expect(page.locator(".cs-tour > li")).to_have_count(22)
    for href in {one.get_attribute("href") or "" for one in links.all()}:
        answer = page.request.get(page.evaluate("(href) => new URL(href, location.href).href", href))
        assert answer.ok, href
