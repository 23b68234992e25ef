"""The board of data problems (B16): cards in the columns of an agile board, sprint by sprint, each to be unfolded."""

from typing import Any

import gradio as gr
from markupsafe import Markup

from scoring.data.features import DICTIONARY
from scoring.i18n import number, percent
from scoring.reports.problems import STATES, Board, Card, Evidence, Found, read_problems
from scoring.web.model_app.context import ModelContext
from scoring.web.model_app.parts import address, head, html
from scoring.web.page import QUICK, Built, Place, here, read_place

NAME = "problems"
SECTION = "controls"


def build(context: ModelContext) -> Built:
    """A search above the board."""
    say = context.say
    board = read_problems()
    html(head(say("problems.title"), say("problems.lead", cards=len(board.cards))))
    with gr.Row(elem_id="problems-tools", elem_classes="cs-panel cs-controls"):
        search = gr.Textbox(
            label=say("problems.search"),
            placeholder=say("problems.search.hint"),
            elem_id="problems-search",
            max_lines=1,
        )
    part = html(elem_id="problems")
    place_at = here()

    def filtered(typed: str | None, at: str) -> Any:
        if not at:
            return gr.skip()
        return board_html(context, board, read_place(at), typed or "")

    search.change(filtered, [search, place_at], part, trigger_mode="always_last", **QUICK)

    def draw(place: Place, _request: gr.Request) -> list[Any]:
        return [place.address, board_html(context, board, place, ""), ""]

    return Built([place_at, part, search], draw)


def board_html(context: ModelContext, board: Board, place: Place, typed: str) -> Markup:
    """The columns of the sprint that is wanted, or of all; the card that is wanted is open."""
    say, lang = context.say, context.lang
    wanted, opened = place.query.get("sprint", ""), place.query.get("card", "")
    words = typed.casefold().split()
    cards = [
        card
        for card in board.cards
        if (wanted in ("", str(card.sprint))) and all(word in _searched(card, lang) for word in words)
    ]
    sprints = [{"address": address(NAME), "is_here": not wanted, "label": say("problems.sprint.all")}]
    for sprint in board.sprints:
        number_ = str(sprint.number)
        sprints.append(
            {
                "address": address(NAME, sprint=number_),
                "is_here": wanted == number_,
                "label": say("problems.sprint", number=sprint.number),
            }
        )
    return context.render(
        "problems",
        board=board,
        sprints=sprints,
        sprint=next((one for one in board.sprints if wanted == str(one.number)), None),
        columns=[
            {
                "name": state.replace(" ", "-"),
                "cards": [_card(context, card, opened == card.id) for card in cards if card.state == state],
            }
            for state in STATES
        ],
        data_sets=[
            say(
                "problems.data_set",
                name=one.name.say(lang),
                clients=number(one.clients, lang),
                rows=number(one.rows, lang),
            )
            for one in board.data_sets
        ],
    )


def _searched(card: Card, lang: str) -> str:
    words = (card.title, card.problem, card.strategy)
    return " ".join([card.id, card.table, *card.columns, *(one.say(lang) for one in words)]).casefold()


def _card(context: ModelContext, card: Card, is_open: bool) -> dict[str, Any]:
    lang, first = context.lang, card.evidence[0]
    counted = [one for one in first.found if one is not None and one.total]
    largest = max(counted, key=lambda one: one.touched / one.total, default=None)
    share = "–" if largest is None else _share(largest, lang)
    return {
        "card": card,
        "is_open": is_open,
        "headline": context.say("problems.first", share=share, says=first.says.say(lang)),
        "evidence": [
            {"says": row.says.say(lang), "cells": [_cell(context, row, one) for one in row.found]}
            for row in card.evidence
        ],
        "places": _places(card),
    }


def _cell(context: ModelContext, evidence: Evidence, found: Found | None) -> dict[str, str] | None:
    """How many rows a problem touches in a data set, and how often their clients have difficulties."""
    if found is None:
        return None
    lang, counts, outcomes = context.lang, found.outcomes, ""
    if counts is not None and counts.labelled and counts.all_labelled:
        outcomes = context.say(
            "problems.outcomes",
            group=percent(counts.difficulties / counts.labelled, lang, 1),
            all=percent(counts.all_difficulties / counts.all_labelled, lang, 1),
        )
    count = context.say(
        "problems.counted",
        touched=number(found.touched, lang),
        total=number(found.total, lang),
        unit=evidence.unit.say(lang),
    )
    return {"share": _share(found, lang) if found.total else "–", "count": count, "outcomes": outcomes}


def _share(found: Found, lang: str) -> str:
    """A share in percent, with as many decimals as it needs not to read as nothing."""
    share = found.touched / found.total
    if found.touched in (0, found.total):
        return percent(share, lang)
    return percent(share, lang, 1 if share >= 0.01 else (2 if share >= 0.0001 else 4))


def _places(card: Card) -> list[tuple[str, str]]:
    """Where it is implemented: cleaning rules, files, and features with the address of their entry."""
    features = [(one, address("dictionary", feature=one) if one in DICTIONARY else "") for one in card.features]
    return [*((one, "") for one in (*card.rules, *card.files)), *features]
