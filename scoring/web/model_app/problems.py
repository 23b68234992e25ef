"""The board of data problems (B16): cards in the columns of an agile board, sprint by sprint, each to be unfolded."""

from collections.abc import Sequence
from html import escape
from typing import Any

import gradio as gr

from scoring.data.features import DICTIONARY
from scoring.i18n import number, percent
from scoring.reports.problems import STATES, Board, Card, Evidence, Found, read_problems
from scoring.web.model_app.context import ModelContext
from scoring.web.model_app.parts import body, head, html
from scoring.web.model_app.place import going
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

    def filtered(typed: str | None, said: str) -> Any:
        if not said:
            return gr.skip()
        return board_html(context, board, read_place(said), typed or "")

    search.change(filtered, [search, place_at], part, trigger_mode="always_last", **QUICK)

    def draw(place: Place, _request: gr.Request) -> list[Any]:
        return [place.address, board_html(context, board, place, ""), ""]

    return Built([place_at, part, search], draw)


def board_html(context: ModelContext, board: Board, place: Place, typed: str) -> str:
    """The columns of the sprint asked for, or of all; the card asked for is open."""
    asked = place.query.get("sprint", "")
    words = typed.casefold().split()
    cards = [
        card
        for card in board.cards
        if (asked in ("", str(card.sprint))) and all(word in _searched(card, context.lang) for word in words)
    ]
    columns = "".join(
        _column(context, board, state, [card for card in cards if card.state == state], place.query.get("card", ""))
        for state in STATES
    )
    return body(
        f'{_sprints(context, board, asked)}<div class="cs-board" id="board">{columns}</div>{_counted(context, board)}'
    )


def _searched(card: Card, lang: str) -> str:
    said = (card.title, card.problem, card.strategy)
    return " ".join([card.id, card.table, *card.columns, *(one.say(lang) for one in said)]).casefold()


def _sprints(context: ModelContext, board: Board, asked: str) -> str:
    say, lang = context.say, context.lang
    links = f"<a {going(NAME)}{' aria-current=true' if not asked else ''}>{escape(say('problems.sprint.all'))}</a>"
    for sprint in board.sprints:
        current = " aria-current=true" if asked == str(sprint.number) else ""
        told = say("problems.sprint", number=sprint.number)
        links += f"<a {going(NAME, None, sprint=str(sprint.number))}{current}>{escape(told)}</a>"
    switch = f'<nav class="cs-switch" aria-label="{escape(say("problems.sprints"))}">{links}</nav>'
    chosen = next((one for one in board.sprints if asked == str(one.number)), None)
    if chosen is None:
        return switch
    review = chosen.review.say(lang) if chosen.review is not None else say("problems.open")
    return (
        f'{switch}<section class="cs-panel"><h2>'
        f"{escape(say('problems.sprint.named', number=chosen.number, name=chosen.name.say(lang)))}</h2>"
        f"<p><strong>{escape(say('problems.goal'))}</strong> {escape(chosen.goal.say(lang))}</p>"
        f"<p><strong>{escape(say('problems.review'))}</strong> {escape(review)}</p></section>"
    )


def _column(context: ModelContext, board: Board, state: str, cards: Sequence[Card], opened: str) -> str:
    name = state.replace(" ", "-")
    title = context.say(f"problems.{name}", cards=len(cards))
    shown = "".join(_card(context, board, card, opened == card.id) for card in cards)
    none = f'<p class="cs-none">{escape(context.say("problems.none"))}</p>' if not cards else ""
    return f'<section class="cs-board-{name}" data-state="{name}"><h2>{escape(title)}</h2><div>{shown}{none}</div></section>'


def _card(context: ModelContext, board: Board, card: Card, is_open: bool) -> str:
    say, lang = context.say, context.lang
    first = card.evidence[0]
    counted = [one for one in first.found if one is not None and one.total]
    largest = max(counted, key=lambda one: one.touched / one.total, default=None)
    share = "–" if largest is None else _share(largest, lang)
    headline = say("problems.first", share=share, says=first.says.say(lang))
    dropped = "".join(f"<li>{escape(one.say(lang))}</li>" for one in card.dropped)
    return (
        f'<details class="cs-card-problem" id="card-{escape(card.id)}"{" open data-sought" if is_open else ""}>'
        f"<summary><strong>{escape(card.title.say(lang))}</strong>"
        f"<small>{escape(headline)}</small>"
        f'<span class="cs-chips"><code>{escape(card.table)}</code>'
        f"<span>{escape(say('problems.sprint', number=card.sprint))}</span></span></summary>"
        f"<p>{escape(card.problem.say(lang))}</p>{_evidence(context, board, card)}"
        f"<h3>{escape(say('problems.strategy'))}</h3><p>{escape(card.strategy.say(lang))}</p>"
        f'<h3>{escape(say("problems.dropped"))}</h3><ul class="cs-list">{dropped}</ul>'
        f"<h3>{escape(say('problems.learnt'))}</h3><p>{escape(card.learnt.say(lang))}</p>{_places(context, card)}</details>"
    )


def _evidence(context: ModelContext, board: Board, card: Card) -> str:
    say, lang = context.say, context.lang
    heads = "".join(f'<th scope="col" class="cs-num">{escape(one.name.say(lang))}</th>' for one in board.data_sets)
    rows = ""
    for evidence in card.evidence:
        cells = "".join(f'<td class="cs-num">{_cell(context, evidence, one)}</td>' for one in evidence.found)
        rows += f'<tr><th scope="row">{escape(evidence.says.say(lang))}</th>{cells}</tr>'
    label = say("problems.evidence.of", title=card.title.say(lang))
    return (
        f'<div class="cs-scroll" tabindex="0" role="region" aria-label="{escape(label)}"><table class="cs-table cs-small">'
        f'<thead><tr><th scope="col">{escape(say("problems.evidence"))}</th>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _cell(context: ModelContext, evidence: Evidence, found: Found | None) -> str:
    if found is None:
        return "–"
    lang = context.lang
    said = context.say(
        "problems.counted",
        touched=number(found.touched, lang),
        total=number(found.total, lang),
        unit=evidence.unit.say(lang),
    )
    outcomes = ""
    if found.outcomes is not None and found.outcomes.labelled and found.outcomes.all_labelled:
        told = found.outcomes
        outcomes = context.say(
            "problems.outcomes",
            group=percent(told.difficulties / told.labelled, lang, 1),
            all=percent(told.all_difficulties / told.all_labelled, lang, 1),
        )
    share = _share(found, lang) if found.total else "–"
    below = f"<small>{escape(outcomes)}</small>" if outcomes else ""
    return f"{escape(share)}<small>{escape(said)}</small>{below}"


def _share(found: Found, lang: str) -> str:
    """A share in percent, with as many decimals as it needs not to read as nothing."""
    share = found.touched / found.total
    if found.touched in (0, found.total):
        return percent(share, lang)
    return percent(share, lang, 1 if share >= 0.01 else (2 if share >= 0.0001 else 4))


def _places(context: ModelContext, card: Card) -> str:
    """Where it is implemented: cleaning rules, features with the way to their entry, files."""
    parts = [f"<code>{escape(one)}</code>" for one in (*card.rules, *card.files)]
    for one in card.features:
        entry = going("dictionary", None, feature=one) if one in DICTIONARY else ""
        parts.append(f"<a {entry}><code>{escape(one)}</code></a>" if entry else f"<code>{escape(one)}</code>")
    if not parts:
        return ""
    return f'<p class="cs-places"><strong>{escape(context.say("problems.where"))}</strong> {" ".join(parts)}</p>'


def _counted(context: ModelContext, board: Board) -> str:
    say, lang = context.say, context.lang
    items = "".join(
        "<li>"
        + escape(
            say(
                "problems.data_set",
                name=one.name.say(lang),
                clients=number(one.clients, lang),
                rows=number(one.rows, lang),
            )
        )
        + "</li>"
        for one in board.data_sets
    )
    return (
        f'<section class="cs-panel"><h2>{escape(say("problems.counted_on"))}</h2>'
        f'<p class="cs-lead">{escape(say("problems.counted_on.lead"))}</p><ul class="cs-list">{items}</ul></section>'
    )
