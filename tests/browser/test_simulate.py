"""What if: what is moved shows at once what the service says of it, by slider, number, map, keyboard and choice."""

import re

import pytest
from playwright.sync_api import Page, expect

from scoring.explain.counterfactuals import Changes
from scoring.explain.counterfactuals.wording import offer_lines
from scoring.i18n import number, text
from scoring.service import Service
from tests.browser.conftest import DESKTOP, PHONE, Opener

pytestmark = pytest.mark.browser
BOTH = pytest.mark.parametrize("lang", ["fr", "en"])
SIZES = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])


def go(open_page: Opener, client: int, lang: str = "fr", size: tuple[int, int] = DESKTOP, said: str = "") -> Page:
    page = open_page(f"/{lang}/?view=simulate&client={client}{said}", size)
    expect(page.locator("#simulated")).to_be_visible()
    expect(page.locator(".cs-map-field")).to_be_visible()
    return page


def shows(page: Page, demo: Service, client: int, changes: Changes, lang: str) -> None:
    """The page shows what the service says of the changed request."""
    decision = demo.simulate(demo.assess(client), changes).assessment.decision
    expect(page.locator("#simulated")).to_have_attribute("data-points", repr(decision.points))
    expect(page.locator("#simulated")).to_have_attribute("data-decision", decision.outcome)
    expect(page.locator("#simulated")).to_contain_text(text(lang, f"decision.officer.{decision.outcome}"))


def slide(page: Page, name: str, value: float) -> None:
    page.locator(f"[data-slider={name}]").evaluate(
        "(slider, value) => { slider.value = value; slider.dispatchEvent(new Event('input', {bubbles: true}));"
        "slider.dispatchEvent(new Event('change', {bubbles: true})); }",
        value,
    )


@pytest.mark.parametrize(("lang", "size"), [("fr", DESKTOP), ("en", PHONE)], ids=["desktop", "phone"])
def test_the_request_as_it_stands_is_the_decision(
    open_page: Opener, demo: Service, examples: dict[str, int], lang: str, size: tuple[int, int]
) -> None:
    for outcome, client in examples.items():
        page = go(open_page, client, lang, size)
        expect(page.locator("h1:visible")).to_have_text(text(lang, "page.simulate.title", client=client))
        expect(page.locator("#simulated")).to_have_attribute("data-decision", outcome)
        shows(page, demo, client, Changes(), lang)
        assessment = demo.assess(client)
        lines = offer_lines(demo.offers(assessment), assessment.decision.threshold_points, lang)
        for line in lines:
            expect(page.locator("#choices")).to_contain_text(line.text)


@pytest.mark.parametrize(("lang", "size"), [("fr", DESKTOP), ("en", PHONE)], ids=["desktop", "phone"])
def test_a_slider_moves_score_decision_and_all_that_follows(
    open_page: Opener, demo: Service, examples: dict[str, int], lang: str, size: tuple[int, int]
) -> None:
    client = examples["review"]
    page = go(open_page, client, lang, size)
    slide(page, "payments", 30)
    shows(page, demo, client, Changes(payments=30.0), lang)
    slider = page.locator("[data-slider=amount]")
    low, step = float(slider.get_attribute("min") or "nan"), float(slider.get_attribute("step") or "nan")
    amount = low + 4 * step
    slide(page, "amount", amount)
    changes = Changes(payments=30.0, amount=amount)
    shows(page, demo, client, changes, lang)
    followed = page.locator(".cs-follow-table tr[data-feature=annuity] td").last
    expect(followed).to_have_text(number(round(amount / 30), lang))
    expect(page.locator("[data-box=amount]")).to_have_value(number(amount, lang))
    page.locator("[data-reset]").click()
    shows(page, demo, client, Changes(), lang)


@pytest.mark.parametrize(("lang", "typed"), [("fr", "251 500,5"), ("en", "251,500.5")])
def test_a_number_is_typed_as_the_language_writes_it(
    open_page: Opener, demo: Service, examples: dict[str, int], lang: str, typed: str
) -> None:
    client = examples["review"]
    page = go(open_page, client, lang)
    page.locator("[data-box=amount]").fill(typed)
    page.keyboard.press("Tab")
    shows(page, demo, client, Changes(amount=251_500.5), lang)
    page.locator("[data-box=amount]").fill("beaucoup")
    page.keyboard.press("Tab")
    expect(page.locator("[data-box=amount]")).to_have_attribute("aria-invalid", "true")
    page.locator("[data-box=amount]").fill("1000")
    page.locator("[data-box=down_payment]").fill("5000")
    page.keyboard.press("Tab")
    expect(page.locator("#simulate-result [role=alert]")).to_have_text(text(lang, "error.simulate"))
    page.locator("[data-reset]").click()
    shows(page, demo, client, Changes(), lang)


@BOTH
def test_a_click_on_the_map_simulates(open_page: Opener, demo: Service, examples: dict[str, int], lang: str) -> None:
    client = examples["review"]
    page = go(open_page, client, lang)
    offered = demo.offer_map(demo.assess(client))
    box = page.locator(".cs-map-field svg").bounding_box()
    assert box is not None
    scale = box["width"] / 560
    left, top, width, height = (float(one) for one in (frame(page)))
    row, column = len(offered.amounts) // 4, len(offered.payments) * 3 // 4
    page.mouse.click(
        box["x"] + scale * (left + (column + 0.5) / len(offered.payments) * width),
        box["y"] + scale * (top + (1 - (row + 0.5) / len(offered.amounts)) * height),
    )
    amount, payments = float(offered.amounts[row]), float(offered.payments[column])
    shows(page, demo, client, Changes(amount=amount, payments=payments), lang)
    expect(page.locator("[data-box=payments]")).to_have_value(number(payments, lang))


def frame(page: Page) -> list[str]:
    return (page.locator(".cs-map-field").get_attribute("data-frame") or "").split()


def test_the_map_by_keyboard_alone(open_page: Opener, demo: Service, examples: dict[str, int]) -> None:
    client = examples["review"]
    page = go(open_page, client)
    page.locator("[data-reset]").focus()
    for _ in range(25):
        if page.evaluate("document.activeElement.classList.contains('cs-map-field')"):
            break
        page.keyboard.press("Tab")
    for key in ("ArrowRight", "ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
    now = demo.simulate(demo.assess(client), Changes()).now
    offered = demo.offer_map(demo.assess(client))
    months = [float(n) for n in offered.payments if n > (now.payments or 0)][1]
    amount = max(float(a) for a in offered.amounts if a < now.amount)
    shows(page, demo, client, Changes(amount=amount, payments=months), "fr")


@BOTH
def test_a_choice_is_simulated_and_would_be_accepted(
    open_page: Opener, demo: Service, examples: dict[str, int], lang: str
) -> None:
    client = examples["review"]
    page = go(open_page, client, lang)
    choices = page.locator("#choices [data-whatif]")
    assert choices.count() == min(len(demo.offers(demo.assess(client)).choices), 3)
    for choice in choices.all():
        choice.click()
        expect(page.locator("#simulated")).to_have_attribute("data-decision", "accept")
        page.locator("[data-reset]").click()
        expect(page.locator("#simulated")).to_have_attribute("data-decision", "review")


def test_the_address_holds_the_simulation(open_page: Opener, demo: Service, examples: dict[str, int]) -> None:
    client = examples["review"]
    page = go(open_page, client)
    slide(page, "payments", 24)
    expect(page).to_have_url(re.compile(rf"\?view=simulate&client={client}&payments=24$"))
    page.reload()
    expect(page.locator("[data-box=payments]")).to_have_value("24")
    shows(page, demo, client, Changes(payments=24.0), "fr")
    page = go(open_page, client, said="&amount=much")
    expect(page.locator("#page-simulate [role=alert]")).to_have_text(text("fr", "error.simulate"))
    shows(page, demo, client, Changes(), "fr")


def test_documents_are_folded_and_move_the_map_too(open_page: Opener, demo: Service, examples: dict[str, int]) -> None:
    client = examples["review"]
    document = next(name for name in demo.simulator.moves_score if name.startswith("document_"))
    page = go(open_page, client, "en")
    given = document in demo.simulate(demo.assess(client), Changes()).now.documents
    page.locator("#dials summary").click()
    page.locator(f"[data-box={document}]").click()
    shows(page, demo, client, Changes(**{document: not given}), "en")
    expect(page.locator("[data-for]")).to_have_attribute("data-for", re.compile(f"^{client}/0/.*{int(not given)}"))
    expect(page.locator(".cs-mark-offer")).to_have_count(0)


@BOTH
def test_recording_makes_a_decision_of_the_simulation(
    open_page: Opener, demo: Service, examples: dict[str, int], lang: str
) -> None:
    page = go(open_page, examples["decline"], lang)
    slide(page, "payments", 20)
    expect(page.locator("[data-record]")).to_contain_text("20")
    page.locator("#record summary").click()
    page.locator("[data-record]").click()
    done = page.locator("#record-frame [role=status]")
    expect(done).to_be_visible()
    decision_id = re.search(r"[0-9a-f-]{36}", done.inner_text())
    assert decision_id
    answer = page.request.get(page.url.split(f"/{lang}/")[0] + f"/api/decisions/{decision_id.group()}").json()
    assert answer["record"]["changes"] == {"payments": 20.0}
    assert answer["record"]["client_id"] == examples["decline"]


@BOTH
def test_the_letter_tells_the_simulated_request(open_page: Opener, examples: dict[str, int], lang: str) -> None:
    client = examples["review"]
    page = go(open_page, client, lang)
    slide(page, "payments", 30)
    expect(page.locator("#letter a").first).to_have_attribute("href", re.compile("payments=30"))
    page.locator("#letter summary").click()
    with page.expect_download() as download:
        page.locator(f"#letter a[hreflang={lang}]").first.click()
    assert download.value.suggested_filename == text(lang, "letter.file", client=client, ending="pdf")
    made = download.value.path().read_bytes()
    assert made.startswith(b"%PDF-")
