"""The offline page: opened as a file, without a network, it says the same of a receipt as the command does."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from scoring.audit.receipts import Receipt, check, page_html, read_receipt, written
from scoring.audit.receipts.receipt import digest_of
from scoring.service import Service
from scoring.settings import DEMO
from tests.browser.looks import AXE
from tests.scoring.audit.receipts.conftest import receipts

__all__ = ["receipts"]
pytestmark = pytest.mark.browser


@pytest.fixture
def offline(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """The page as a file; any request or console message is a failure."""
    file = tmp_path / "verify.html"
    file.write_text(page_html(), encoding="utf-8")
    context = browser.new_context(locale="fr-FR", offline=True)
    page, said = context.new_page(), list[str]()
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: None if request.url.startswith(("file:", "data:")) else said.append(request.url))
    page.goto(file.as_uri())
    yield page
    assert said == []
    context.close()


def put(page: Page, receipt: Path, model: Path) -> dict[str, bool]:
    """Give both files; return what the page says of each claim."""
    page.locator("#files").set_input_files([model, receipt])
    expect(page.locator("#verdict")).to_be_visible()
    items = page.locator("#checks li")
    return {
        str(items.nth(i).get_attribute("data-claim")): items.nth(i).get_attribute("class") != "no"
        for i in range(items.count())
    }


def test_it_says_what_the_command_says(offline: Page, receipts: list[Receipt], demo: Service, tmp_path: Path) -> None:
    model = DEMO / f"{demo.model.kind}.json"
    changes: list[Callable[[dict[str, Any]], object]] = [
        *(lambda raw: None for _ in receipts),
        lambda raw: raw["terms"][2].update(contribution=0.25),
        lambda raw: raw.update(decision="accept" if raw["decision"] != "accept" else "decline"),
        lambda raw: raw["entry"].update(seq=999),
        lambda raw: raw["values"].update(ext_source_max=0.0),
    ]
    for number, change in enumerate(changes):
        path = tmp_path / f"{number}.json"
        raw = json.loads(written(receipts[number % len(receipts)]))
        change(raw)
        if number != len(receipts):
            raw["digest"] = digest_of(raw)
        path.write_text(json.dumps(raw), encoding="utf-8")
        told, again = read_receipt(path)
        checks = check(told, again, demo.model)
        offline.reload()  # what it said of the one before is gone
        # The browser does not know which feature of a group is told: a reason that is the sum's own holds there.
        ours = {one.claim: one.holds for one in checks if one.claim != "reasons"}
        found = put(offline, path, model)
        found.pop("reasons")
        assert found == ours
        holds = number < len(receipts)
        assert all(ours.values()) is holds
        expect(offline.locator("#verdict")).to_contain_text("Tout est exact" if holds else "Quelque chose ne tient pas")


def test_a_changed_model_shows(offline: Page, receipts: list[Receipt], demo: Service, tmp_path: Path) -> None:
    receipt, model = tmp_path / "receipt.json", tmp_path / "model.json"
    receipt.write_text(written(receipts[0]), encoding="utf-8")
    document = json.loads((DEMO / f"{demo.model.kind}.json").read_text(encoding="utf-8"))
    document["terms"][0]["scores"][1] += 0.5
    model.write_text(json.dumps(document), encoding="utf-8")
    assert put(offline, receipt, model)["model"] is False


def test_it_speaks_both_languages_and_refuses_other_files(
    offline: Page, receipts: list[Receipt], tmp_path: Path
) -> None:
    expect(offline.locator("h1")).to_have_text("Vérifier un reçu de décision")
    other = tmp_path / "other.json"
    other.write_text('{"format": "<img src=x onerror=alert(1)>"}', encoding="utf-8")
    offline.locator("#files").set_input_files(other)
    expect(offline.locator("#message")).to_contain_text("ni un reçu ni un modèle")
    offline.locator("#language").press("Enter")
    expect(offline.locator("h1")).to_have_text("Check a decision's receipt")
    expect(offline.locator("html")).to_have_attribute("lang", "en")
    expect(offline.locator("#result")).to_be_hidden()


def test_what_a_file_says_is_never_markup(
    offline: Page, receipts: list[Receipt], demo: Service, tmp_path: Path
) -> None:
    path = tmp_path / "receipt.json"
    raw = json.loads(written(receipts[0]))
    evil = "<img src=x onerror=document.title='owned'>"
    raw["labels"] = {name: {"fr": evil, "en": evil} for name in raw["labels"]}
    raw["decision_id"] = evil
    path.write_text(json.dumps(raw), encoding="utf-8")
    put(offline, path, DEMO / f"{demo.model.kind}.json")
    assert offline.locator("main img").count() == 0
    assert offline.title() == "Vérifier un reçu de décision"


@pytest.mark.parametrize(("size", "scheme"), [((1440, 900), "light"), ((390, 844), "dark")], ids=["desktop", "phone"])
def test_axe_finds_nothing_serious_and_nothing_scrolls_sideways(
    offline: Page, receipts: list[Receipt], demo: Service, tmp_path: Path, size: tuple[int, int], scheme: str
) -> None:
    offline.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    offline.set_viewport_size({"width": size[0], "height": size[1]})
    path = tmp_path / "receipt.json"
    path.write_text(written(receipts[0]), encoding="utf-8")
    put(offline, path, DEMO / f"{demo.model.kind}.json")
    offline.evaluate(AXE)
    found = offline.evaluate("axe.run(document, {resultTypes: ['violations']})")
    serious = [one["id"] for one in found["violations"] if one["impact"] in ("serious", "critical")]
    assert serious == []
    assert offline.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_it_is_used_by_keyboard(offline: Page) -> None:
    offline.keyboard.press("Tab")
    expect(offline.locator("#language")).to_be_focused()
    offline.keyboard.press("Tab")
    expect(offline.locator("#choose")).to_be_focused()
    offline.evaluate(
        "document.getElementById('files').addEventListener('click', (event) => {"
        " window.asked = true; event.preventDefault(); })"
    )
    offline.keyboard.press("Enter")
    assert offline.evaluate("window.asked") is True
