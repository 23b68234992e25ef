"""A document on paper: the same bytes each time, its text as text, nothing silently left out."""

import io
from datetime import date

import pytest
from pypdf import PdfReader

from scoring.errors import TrainingError
from training.reporting.publishing.paper import PAGE_BREAK, pdf_of

DATED = date(2026, 11, 24)


def printed(markdown: str) -> PdfReader:
    return PdfReader(io.BytesIO(pdf_of(markdown, lang="fr", title="Essai", pictures={}, dated=DATED)))


def test_the_same_document_is_the_same_bytes() -> None:
    first, second = (pdf_of("# Titre\n\nTexte.", lang="fr", title="T", pictures={}, dated=DATED) for _ in range(2))
    assert first == second


def test_what_is_said_is_text_and_never_a_command() -> None:
    wording = printed('Un #let x = 1, $a^2$, @ici, <là et "cela" \\\\ fin **gras**.').pages[0].extract_text()
    for part in ("#let x = 1", "$a^2$", "@ici", "<là", '"cela"', "\\ fin", "gras"):
        assert part in wording


def test_lists_tables_links_and_pages() -> None:
    pages = printed(
        f"- un\n- deux\n\n| a | b |\n|---|---:|\n| x | 1 |\n\n{PAGE_BREAK}\n\n[ici](http://a.example)"
    ).pages
    assert len(pages) == 2
    assert "deux" in pages[0].extract_text()
    assert "ici" in pages[1].extract_text()


@pytest.mark.parametrize(
    ("markdown", "message"),
    [
        ("a <b>b</b>", "must be plain Markdown; got html_inline"),
        ("![x](no.png)", "picture must exist; got none at no.png"),
    ],
)
def test_what_cannot_be_printed_is_an_error(markdown: str, message: str) -> None:
    with pytest.raises(TrainingError, match=message):
        printed(markdown)
