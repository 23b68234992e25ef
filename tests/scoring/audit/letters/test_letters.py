"""A letter says what was decided and why, what a client can do, and nothing that nobody decided."""

import io
import re
from dataclasses import replace
from pathlib import Path

import polars as pl
import pypdf
import pytest

from scoring.audit.audited_decisions import Decided
from scoring.audit.letters import MOST_MISSING, Letter, Sender, letter_of, pdf_of, principal, read_sender, text_of
from scoring.data.features import DICTIONARY
from scoring.data.tables.column_types import ID_COLUMN
from scoring.errors import SettingsError
from scoring.explain.counterfactuals import Changes
from scoring.explain.reasons import MOST_REASONS
from scoring.i18n import LANGUAGES, text
from scoring.service import Service

BOTH = pytest.mark.parametrize("lang", LANGUAGES)
ID_OF_DECISION = "3b0c1a52-6c0e-4b7e-9a57-0f3f6a0d9a11"
AT = "2026-11-24T12:00:00.123456+00:00"


@pytest.fixture(scope="module")
def sender() -> Sender:
    return read_sender()


def decided(demo: Service, client_id: int) -> Decided:
    return Decided(ID_OF_DECISION, AT, demo.assess(client_id), demo.model)


def letter(demo: Service, sender: Sender, client_id: int, lang: str) -> Letter:
    return letter_of(decided(demo, client_id), sender, lang, synthetic=True)


def flat(said: str) -> str:
    return re.sub(r"[\s\u00a0\u202f]+", " ", said)


@BOTH
def test_decision_reasons_rights_and_advice_are_told(demo: Service, sender: Sender, lang: str) -> None:
    for outcome, client_id in demo.portfolio.examples().items():
        said = flat(text_of(letter(demo, sender, client_id, lang)))
        assert text(lang, f"decision.client.{outcome}").upper() in said
        for right in ("review", "explain", "correct", "copy"):
            assert flat(text(lang, f"letter.rights.{right}")) in said
        for advice in sender.advice:
            assert flat(advice.say(lang)) in said
        for reason in principal(demo.assess(client_id)):
            assert flat(reason.fact(lang)) in said
        assert ID_OF_DECISION in said
        assert demo.model.model_version in said
        assert flat(text(lang, "letter.synthetic")) in said
        assert "{" not in said
        assert not re.search(r"\b(log-odds|WoE|SHAP|feature|None|nan)\b", said)


@BOTH
def test_what_was_used_is_what_the_model_uses(demo: Service, sender: Sender, lang: str) -> None:
    written = letter(demo, sender, 100002, lang)
    listed = flat(" ".join(written.annex.items)).lower()
    for name in demo.model.features:
        assert flat(DICTIONARY[name].label.say(lang)).lower() in listed
    for name, feature in DICTIONARY.items():
        if feature.sensitive:
            assert name not in demo.model.features


def test_reasons_are_four_at_most_none_sensitive_and_adverse_first_for_a_refusal(demo: Service) -> None:
    for client_id in pl.read_parquet(demo.artefacts.portfolio)[ID_COLUMN].head(400):
        assessment = demo.assess(client_id)
        reasons = principal(assessment)
        assert len(reasons) <= MOST_REASONS
        assert not any(DICTIONARY[reason.feature].sensitive for reason in reasons)
        effects = [reason.effect for reason in reasons]
        if assessment.decision.outcome == "decline":
            against = len(assessment.explanation.against)
            assert effects[:against] == ["against"] * min(against, MOST_REASONS)
        assert effects == sorted(effects, reverse=assessment.decision.outcome == "accept")
        if assessment.decision.outcome == "review" and assessment.explanation.in_favour:
            assert "for" in effects


@BOTH
def test_the_pdf_is_tagged_for_the_archive_and_in_its_language(demo: Service, sender: Sender, lang: str) -> None:
    for client_id in demo.portfolio.examples().values():
        written = letter(demo, sender, client_id, lang)
        made = pdf_of(written)
        assert made == pdf_of(written)
        document = pypdf.PdfReader(io.BytesIO(made))
        root = document.trailer["/Root"]
        assert str(root["/Lang"]).startswith(lang)
        assert root["/MarkInfo"]["/Marked"]
        assert "/StructTreeRoot" in root
        metadata = root["/Metadata"].get_data().decode()
        assert "<pdfaid:part>2</pdfaid:part>" in metadata
        assert "<pdfaid:conformance>A</pdfaid:conformance>" in metadata
        assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
        assert document.metadata is not None
        assert written.title in str(document.metadata.title)
        pages = flat(" ".join(page.extract_text() for page in document.pages))
        assert len(document.pages) == 2
        for said in (written.decision, written.footer, *written.answer, *(one.text for one in written.reasons)):
            assert flat(said) in pages


def test_what_a_letter_says_never_becomes_markup(demo: Service, sender: Sender) -> None:
    rude = '*bold* #panic("x") $x^2$ <b>&amp;</b> \\ "quotes" // = heading \u202e'
    named = sender.model_copy(update={"name": rude, "address": (rude, '#image("/etc/passwd")')})
    written = letter(demo, named, 100002, "en")
    pages = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf_of(written))).pages)
    assert '*bold* #panic("x") $x^2$' in pages
    assert "#image" in pages
    assert rude in text_of(written)


@BOTH
def test_another_request_is_said_to_be_another(demo: Service, sender: Sender, lang: str) -> None:
    simulation = demo.simulate(demo.assess(100002), Changes(amount=200_000.0, payments=20.0))
    made = Decided(ID_OF_DECISION, AT, simulation.assessment, demo.model)
    written = letter_of(made, sender, lang, synthetic=False, requested=simulation.now)
    start = text(lang, "letter.request.other.amount", amount="X").split("X")[0]
    assert written.request.startswith(start)
    assert "10" in written.request
    assert written.notice == ""


def test_what_is_missing_is_told_and_not_too_much_of_it(demo: Service, sender: Sender) -> None:
    for client_id in pl.read_parquet(demo.artefacts.portfolio)[ID_COLUMN]:
        assessment = demo.assess(client_id)
        names = assessment.missing
        made = Decided(ID_OF_DECISION, AT, replace(assessment, missing=names * 9), demo.model)
        if not names:
            continue
        headed = {one.heading: one for one in letter_of(made, sender, "en", synthetic=True).sections}
        section = headed[text("en", "letter.missing")]
        assert len(section.items) <= MOST_MISSING + 1
        assert DICTIONARY[names[0]].label.say("en") in section.items
        return
    pytest.fail("the demo must hold a client of whom something is missing")


def test_no_line_of_the_text_is_too_long(demo: Service, sender: Sender) -> None:
    for lang in LANGUAGES:
        assert max(len(line) for line in text_of(letter(demo, sender, 100002, lang)).splitlines()) <= 76


def test_a_lender_says_its_own(tmp_path: Path) -> None:
    file = tmp_path / "sender.toml"
    file.write_text('\ufeffname = "A Bank"', encoding="utf-8")  # as some editors of Windows write it
    assert read_sender(file).name == "A Bank"
    file.write_text('name = "Caisse du Nord"\naddress = ["1 place du Marché"]\n', encoding="utf-8")
    read = read_sender(file)
    assert read.name == "Caisse du Nord"
    assert read.contact == read_sender().contact
    for wrong, told in (
        ("name = 3\n", "where name is wrong"),
        ("owner = 'x'\n", "where owner is wrong"),
        ("name = [", "must name a readable TOML file"),
        ("advice = []\n", "where advice is wrong"),
    ):
        file.write_text(wrong, encoding="utf-8")
        with pytest.raises(SettingsError, match=told):
            read_sender(file)
    with pytest.raises(SettingsError, match="readable TOML file"):
        read_sender(tmp_path / "absent.toml")
