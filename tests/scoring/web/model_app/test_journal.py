"""The journal page: what was recorded is listed, filtered and replayed; it is closed to whom it is not for."""

from datetime import UTC, datetime
from types import SimpleNamespace

import gradio as gr
import pytest

from scoring.audit.entry_list import Wanted
from scoring.audit.store.chain import Head
from scoring.audit.verification import Fault, Verification
from scoring.server.identity import OPEN_KEY, SCOPE_KEY, Identity
from scoring.web.model_app import journal as journal_page
from scoring.web.model_app.context import ModelContext
from scoring.web.model_app.journal import checked_html, day, wanted
from scoring.web.page import Place, sees_journal, sees_model
from tests.running import run
from tests.scoring.web.model_app.conftest import Drawn
from tests.scoring.web.test_pages import check_markup

ANA = Identity("ana", "officer")


def asking(scope: dict) -> gr.Request:
    """A request that the door let through with a scope."""
    request = gr.Request()
    request.request = SimpleNamespace(scope=scope)
    return request


def test_a_decision_is_listed_and_replayed(contexts: dict[str, ModelContext], drawn: Drawn) -> None:
    recorder = contexts["en"].recorder
    made = recorder.decide_known(100002, who=ANA, source="test <script>")
    other = "decline" if made.assessment.decision.outcome != "decline" else "accept"
    recorder.override(made.decision_id, other, "a <b>reason</b>", ANA)
    for lang in ("fr", "en"):
        html = drawn(Place("journal", 100002, {"decision": made.decision_id}), lang)
        check_markup(html)
        assert 'data-same="true"' in html
        assert "<script>" not in html
        assert "a &lt;b&gt;reason&lt;/b&gt;" in html
        assert f"decision={made.decision_id}" in html


def test_an_unknown_decision_is_said_to_be(drawn: Drawn) -> None:
    assert "holds no decision nonsense" in drawn(Place("journal", None, {"decision": "nonsense"}), "en")


def test_filters_say_what_is_wanted() -> None:
    found = wanted("decision", " 100 002 ", " ana ", "2026-11-24", "25/11/2026")
    assert found == Wanted(
        kind="decision",
        client_id=100002,
        asked_by="ana",
        since=datetime(2026, 11, 24, tzinfo=UTC),
        until=datetime(2026, 11, 25, tzinfo=UTC),
    )
    assert wanted("nonsense", "abc", "", "yesterday", None) == Wanted()


@pytest.mark.parametrize("typed", ["", None, "2026-13-01", "31/02/2026", "tomorrow"])
def test_what_is_no_day_filters_nothing(typed: str | None) -> None:
    assert day(typed) is None


def test_a_broken_chain_is_told_with_its_places(contexts: dict[str, ModelContext]) -> None:
    sound = Verification(3, 0, 0, Head(), ())
    assert "The chain holds: 3 entries" in checked_html(contexts["en"], sound)
    broken = Verification(3, 0, 0, Head(), (Fault(2, "it was changed"),))
    told = checked_html(contexts["en"], broken)
    assert "broken in 1 place" in told
    assert "entry 2: it was changed" in told


@pytest.mark.parametrize(
    ("scope", "journal", "model"),
    [
        ({}, True, True),
        ({OPEN_KEY: True}, True, True),
        ({OPEN_KEY: False}, False, False),
        ({OPEN_KEY: False, SCOPE_KEY: ANA}, False, False),
        ({OPEN_KEY: False, SCOPE_KEY: Identity("vic", "validator")}, True, True),
    ],
)
def test_who_sees_what(scope: dict, journal: bool, model: bool) -> None:
    assert sees_journal(asking(scope)) is journal
    assert sees_model(asking(scope), synthetic=False) is model
    assert sees_model(asking(scope), synthetic=True) is True


def test_the_page_is_closed_to_an_officer(contexts: dict[str, ModelContext]) -> None:
    async def build() -> list:
        with gr.Blocks(analytics_enabled=False):
            return list(
                journal_page.build(contexts["en"]).draw(Place("journal"), asking({OPEN_KEY: False, SCOPE_KEY: ANA}))
            )

    values = run(build())
    assert any("for validators" in value for value in values if isinstance(value, str))
    assert not any("journal-entries" in value for value in values if isinstance(value, str))
