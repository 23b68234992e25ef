"""The board as a Markdown page for people, made from cards, sprints and counts; same data, same bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scoring.errors import SettingsError
from training.data.problems.cards import Board, Card, Evidence, Sprint, State
from training.data.problems.counting import Counts, DataSet, Found

_COLUMNS = {State.TO_DO: "To do", State.IN_PROGRESS: "In progress", State.DONE: "Done"}


def render(board: Board, counts: Counts) -> str:
    """Return the page.

    Raises
    ------
    SettingsError
        When a data set was not counted with the cards as they are now.
    """
    for data_set in counts.data_sets:
        _check_fresh(board, data_set)
    blocks = [
        *_opening(board, counts),
        *_columns(board),
        *(block for sprint in board.sprints for block in _sprint(sprint, board, counts)),
    ]
    return "\n\n".join(blocks) + "\n"


def _check_fresh(board: Board, data_set: DataSet) -> None:
    for card in board.cards:
        found = data_set.found.get(card.id, ())
        queries = [card.digest_of(evidence) for evidence in card.evidence]
        if len(found) != len(queries) or any(
            f is not None and f.query != q for f, q in zip(found, queries, strict=True)
        ):
            raise SettingsError(
                f"each data set must be counted with the cards as they are; got older counts of {card.id} on "
                f"{data_set.name!r}. Run `python -m training problems --tables DIR --name {data_set.name!r}`."
            )


def _opening(board: Board, counts: Counts) -> Iterator[str]:
    done = sum(card.state is State.DONE for card in board.cards)
    yield "# Problems of the data: the board"
    yield "*Les problèmes des données et les stratégies retenues : le tableau agile*"
    yield (
        f"{len(board.cards)} problems were met in the eight tables of Home Credit Default Risk; {done} are dealt with. "
        "Each has a card: what is wrong, how often, what is done about it and where, what was decided against, and "
        "what was learnt."
    )
    yield (
        "How to read the counts: “12 of 100 (12%)” means that the problem concerns 12 of 100 rows, or of whatever the "
        "line counts. “Had difficulties” compares clients with the problem to all clients: a problem that goes with "
        "more or fewer difficulties carries information, and must not be wiped out; it is left out for small groups. "
        "A dash means that the tables needed are not in that data set, or that the group is small. Counts are made by "
        "`python -m training problems --tables DIR --name NAME`, which also writes this page from "
        "`training/data/problems/`."
    )
    yield "\n".join(
        [
            "| counted on | clients | rows | tables (train and test as one) | kind |",
            "|---|---|---|---|---|",
            *(_data_set_line(data_set) for data_set in counts.data_sets),
        ]
    )


def _data_set_line(data_set: DataSet) -> str:
    tables = [name for name in data_set.rows if name != "labels"]
    rows = sum(data_set.rows[name] for name in tables)
    kind = f"synthetic (seed {data_set.seed}): no real person" if data_set.synthetic else "real; counts only are shown"
    return f"| {data_set.name} | {data_set.clients:,} | {rows:,} | {len(tables)} | {kind} |"


def _columns(board: Board) -> Iterator[str]:
    yield "## The board"
    columns = [[card for card in board.cards if card.state is state] for state in _COLUMNS]
    head = " | ".join(f"{title} ({len(cards)})" for title, cards in zip(_COLUMNS.values(), columns, strict=True))
    depth = max(map(len, columns), default=0)
    lines = [f"| {head} |", "|" + "---|" * len(columns)]
    for i in range(depth):
        cells = (f"[{cards[i].title}](#{cards[i].id})" if i < len(cards) else "" for cards in columns)
        lines.append("| " + " | ".join(cells) + " |")
    yield "\n".join(lines)


def _sprint(sprint: Sprint, board: Board, counts: Counts) -> Iterator[str]:
    cards = [card for card in board.cards if card.sprint == sprint.number]
    yield f"## Sprint {sprint.number}: {sprint.name}"
    yield f"**Goal.** {sprint.goal}"
    yield f"**Review.** {sprint.review}" if sprint.review else "**Review.** The sprint is open."
    done = sum(card.state is State.DONE for card in cards)
    yield f"{done} of {len(cards)} cards done."
    for card in cards:
        yield from _card(card, counts.data_sets)


def _card(card: Card, data_sets: Sequence[DataSet]) -> Iterator[str]:
    yield f'<a id="{card.id}"></a>\n\n### {card.title}'
    yield f"*{card.titre}*"
    columns = ", ".join(f"`{column}`" for column in card.columns)
    yield f"`{card.table}`{f': {columns}' if columns else ''} · **{card.state}** · sprint {card.sprint}"
    yield f"**Problem.** {card.problem}"
    yield "\n".join(_evidence_lines(card, data_sets))
    yield f"**Strategy.** {card.strategy}"
    yield "**Decided against.** " + " ".join(card.dropped)
    if card.rules or card.features or card.files:
        yield f"**Implemented by.** {_places(card)}."
    yield f"**Learnt.** {card.learnt}"


def _evidence_lines(card: Card, data_sets: Sequence[DataSet]) -> Iterator[str]:
    yield "| evidence | " + " | ".join(data_set.name for data_set in data_sets) + " |"
    yield "|---|" + "---|" * len(data_sets)
    for i, evidence in enumerate(card.evidence):
        found = [data_set.found[card.id][i] for data_set in data_sets]
        yield f"| {evidence.says} | " + " | ".join(_cell(one, evidence) for one in found) + " |"
        if any(one is not None and one.outcomes is not None for one in found):
            yield "| … had difficulties | " + " | ".join(map(_outcomes_cell, found)) + " |"


def _cell(found: Found | None, evidence: Evidence) -> str:
    if found is None:
        return "–"
    if not found.total:
        return f"no {evidence.unit}"
    return f"{found.touched:,} of {found.total:,} {evidence.unit} ({_share(found.touched, found.total)})"


def _outcomes_cell(found: Found | None) -> str:
    if found is None or found.outcomes is None:
        return "–"
    outcomes = found.outcomes
    return (
        f"{_share(outcomes.difficulties, outcomes.labelled)} of these, "
        f"{_share(outcomes.all_difficulties, outcomes.all_labelled)} of all"
    )


def _share(part: int, whole: int) -> str:
    """Return a share in percent, with as many decimals as it needs not to read as nothing."""
    percent = 100 * part / whole
    if percent in (0, 100):
        return f"{percent:.0f}%"
    if percent < 0.01:
        return "under 0.01%"
    if percent >= 99.95:
        return "over 99.9%"
    return f"{percent:.2f}%" if percent < 1 else f"{percent:.1f}%"


def _places(card: Card) -> str:
    named = []
    if card.rules:
        named.append("cleaning " + ("rule " if len(card.rules) == 1 else "rules ") + _codes(card.rules))
    if card.features:
        named.append(("feature " if len(card.features) == 1 else "features ") + _codes(card.features))
    named += [f"[`{path}`](../{path})" for path in card.files]
    return "; ".join(named)


def _codes(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
