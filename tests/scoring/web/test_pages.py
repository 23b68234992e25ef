"""The pages as text: what they say of every client, that nothing on them is markup by accident, plain words only."""

import re
from html.parser import HTMLParser

import pytest
from markupsafe import escape

from scoring.i18n import LANGUAGES, keys, number, placeholders, text
from scoring.service import Service
from scoring.web.client_list import examples_html
from scoring.web.navigation_bar import bar_html
from scoring.web.page import Place, digits, read_place
from scoring.web.pages import PAGES
from scoring.web.pages.decision import decision_html

VOID = {"br", "img", "input", "circle", "path", "line", "rect"}


class Balance(HTMLParser):
    """Fails where a tag is closed that is not open; `open` is empty in the end when all were closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [value for name, value in attrs if name == "id" and value]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass


def check_markup(html: str) -> None:
    balance = Balance()
    balance.feed(html)
    balance.close()
    assert balance.open == []
    assert len(balance.ids) == len(set(balance.ids))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_client_has_a_whole_page(demo: Service, lang: str) -> None:
    for row in demo.portfolio.listing(limit=150).rows:
        client = int(str(row["client_id"]))
        assessment = demo.assess(client)
        html = decision_html(demo, assessment, lang)
        check_markup(html)
        assert f'data-decision="{assessment.decision.outcome}"' in html
        for part in (
            "identity",
            "decision",
            "gauge",
            "sentence",
            "reasons-against",
            "reasons-for",
            "waterfall",
            "terms",
        ):
            assert f'id="{part}"' in html
        assert not re.search(r"\bnan\b|\bNone\b|\binf\b", re.sub(r"<[^>]*>", " ", html))
        shown = sum(float(found) for found in re.findall(r'data-term="[^"]*" data-points="([^"]*)"', html))
        reference = assessment.explanation.reference_points
        assert reference + shown == pytest.approx(assessment.decision.points, abs=1e-9)


def test_what_a_client_is_called_is_text_not_markup(demo: Service) -> None:
    assessment = demo.assess(100002)
    facts = {**assessment.facts, "occupation": "<script>alert(1)</script>"}
    changed = type(assessment)(**{**vars(assessment), "facts": facts})
    assert "<script" not in decision_html(demo, changed, "fr")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_examples_and_bar(demo: Service, lang: str) -> None:
    html = examples_html(demo, lang)
    check_markup(html)
    for outcome, client in demo.portfolio.examples().items():
        assert f'href="?client={client}"' in html
        assert escape(text(lang, f"decision.officer.{outcome}")) in html
    bar = bar_html(demo, PAGES, Place("decision", 100002), lang)
    check_markup(bar)
    assert bar.count('aria-current="page"') == 2  # the page and the language
    assert 'data-page="decision"' not in bar_html(demo, PAGES, Place("clients"), lang)
    assert 'href="../fr/?client=100002"' in bar
    assert 'href="../en/?client=100002"' in bar
    assert escape(text(lang, "page.synthetic")) in bar


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("100002", "100002"),
        (" 100 002 ", "100002"),
        ("100\u202f002", "100002"),
        ("\t7\n", "7"),
        ("", None),
        (None, None),
        ("12,5", None),
        ("-1", None),
        ("1e5", None),
        ("１００", None),
        ("²", None),
        ("1" * 19, None),
    ],
)
def test_what_counts_as_a_number(typed: str | None, found: str | None) -> None:
    assert digits(typed) == found


@pytest.mark.parametrize(
    "place", [Place("clients"), Place("decision", 1), Place("clients", 1), Place("explore", 7, {"x": "a&b=c é"})]
)
def test_an_address_leads_back_to_its_place(place: Place) -> None:
    assert read_place(place.address) == place


@pytest.mark.parametrize("lang", LANGUAGES)
def test_officers_read_plain_words(demo: Service, lang: str) -> None:
    # Readers of the model app, those who check a receipt and those who write against the API know the terms.
    apart = ("model.", "monitoring.", "receipt.", "problem")
    officers = [key for key in keys(lang) if not key.startswith(apart)]
    said = " ".join(text(lang, key, **dict.fromkeys(placeholders(lang, key), 2)) for key in officers)
    page = re.sub(r"<[^>]*>", " ", decision_html(demo, demo.assess(100002), lang))
    for jargon in ("log-odds", "WoE", "SHAP", "feature", "logit", "AUC", "EBM", "scorecard", "threshold", "PD"):
        word = re.compile(rf"\b{jargon}\b", re.IGNORECASE)
        assert not word.search(said)
        assert not word.search(page)


def test_the_limit_is_the_models(demo: Service) -> None:
    html = decision_html(demo, demo.assess(100002), "en")
    ratio = demo.model.rule.cost_fn / demo.model.rule.cost_fp
    assert text("en", "probability.why", ratio=number(ratio, "en")) in html
