import json
import re
from html import unescape

from scoring.settings import DEMO
from training.evaluation.dictionary import SECTIONS, figures_dictionary
from training.reporting.evaluation_page import html


def test_the_page_says_everything_in_both_languages_and_loads_nothing() -> None:
    document = json.loads((DEMO / "evaluation.json").read_text(encoding="utf-8"))
    page = html(document)
    assert re.findall(r"""(?:src|href)=["']?(?:https?:)?//""", page) == []
    assert page.count(" lang='fr'") == page.count(" lang='en'") + 1  # the page itself
    text = unescape(page)
    for name, words in SECTIONS.items():
        if name in document["assessment"]["models"]["scorecard"] or name in document["assessment"]:
            assert words.en in text
    assert all(one[lang] in text for one in document["limits"] for lang in ("fr", "en"))
    assert all(figure.definition.en in text for figure in figures_dictionary().values())
