"""Where a client stands by one fact, as figures: the distribution with the client in it, and difficulties along it."""

from math import ceil, floor

from scoring.data.features import DICTIONARY, Feature, say
from scoring.i18n import number, percent, text
from scoring.model.additive_model.lookup import Value
from scoring.portfolio.peers import (
    SHOWN,
    Along,
    Band,
    Categories,
    Distribution,
    Group,
    Paid,
    Peers,
    Standing,
    out_of_100,
    standing_words,
)
from scoring.portfolio.peers.percentile_ranks import round_step
from scoring.web.charts import Bar, Figure, Mark, Table, bars, histogram

FEWEST_DRAWN = 50
"""Clients in a group below which words stand in the picture's place."""
MOST_BARS = 8
TICKS = 6


def standing_figure(peers: Peers, group: Group, feature: str, client_id: int, lang: str) -> Figure:
    """The group's distribution of a fact and the client in it; its title is where the client stands."""
    entry = DICTIONARY[feature]
    found = peers.standing(group, feature, client_id)
    title = standing_words(feature, found, lang)
    says = text(
        lang,
        "page.compare.says",
        label=entry.label.say(lang),
        known=number(found.known, lang),
        value=say(entry, found.value, lang),
    )
    if found.known < FEWEST_DRAWN:
        few = text(lang, "page.compare.few", known=number(found.known, lang))
        return Figure(feature, title, says, [], {}, Table([], []), few=few)
    if entry.kind == "category":
        return _categories(entry, found, peers.categories(group, feature), title, says, lang)
    spread = peers.distribution(group, feature)
    if entry.unit == "yes_no":
        return _categories(entry, found, _no_and_yes(spread), title, says, lang)
    return _numbers(entry, found, spread, title, says, lang)


def _no_and_yes(spread: Distribution) -> Categories:
    counts = {
        ("1" if edge + 0.5 >= 0.5 else "0"): count for edge, count in zip(spread.edges, spread.counts, strict=False)
    }
    return Categories(tuple(counts), tuple(counts.values()))


def _numbers(entry: Feature, found: Standing, spread: Distribution, title: str, says: str, lang: str) -> Figure:
    names = [interval_words(entry, *spread.interval(at), lang) for at in range(len(spread.counts))]
    counts = [number(count, lang) for count in spread.counts]
    hovers = [
        text(lang, "page.compare.bar.clients", band=name, count=count)
        for name, count in zip(names, counts, strict=True)
    ]
    shares = [percent(count / found.known, lang) for count in spread.counts]
    heads = [entry.label.say(lang), text(lang, "page.compare.column.clients"), text(lang, "page.compare.column.share")]
    mark = None
    if isinstance(found.value, (int, float)):
        mark = Mark(found.value, text(lang, "page.compare.mine", value=say(entry, found.value, lang)))
    return histogram(
        entry.name,
        title,
        spread.edges,
        spread.counts,
        Table(heads, [list(row) for row in zip(names, counts, shares, strict=True)]),
        says=says,
        hovers=hovers,
        ticks=_ticks(entry, spread, lang),
        mark=mark,
        note=_note(entry, found, say(entry, spread.median, lang), lang),
    )


def _ticks(entry: Feature, spread: Distribution, lang: str) -> list[tuple[float, str]]:
    """A few round places on the axis."""
    low, high = spread.edges[0], spread.edges[-1]
    step = round_step((high - low) / TICKS)
    step = max(step, 1.0) if spread.whole else step
    first = ceil(low / step - 1e-9)
    places = [step * at for at in range(first, floor(high / step + 1e-9) + 1)]
    return [(place, say(entry, place, lang)) for place in places]


def _note(entry: Feature, found: Standing, median: str, lang: str) -> str:
    values = {"known": number(found.known, lang)}
    key = "page.compare.note" if median else "page.compare.note.category"
    if median:
        values["median"] = median
    if not found.unknown:
        return text(lang, key, **values)
    return text(lang, f"{key}.unknown", **values, unknown=number(found.unknown, lang), absent=say(entry, None, lang))


def _categories(entry: Feature, found: Standing, of: Categories, title: str, says: str, lang: str) -> Figure:
    own = _code(found.value)
    shown = [at for at, code in enumerate(of.codes) if at < MOST_BARS or code == own]
    rows = [
        _bar(_said_code(entry, of.codes[at], lang), of.counts[at], found.known, lang, marked=of.codes[at] == own)
        for at in shown
    ]
    rest = sum(of.counts) - sum(of.counts[at] for at in shown)
    if rest:
        rows.append(_bar(text(lang, "page.compare.others"), rest, found.known, lang))
    heads = [entry.label.say(lang), text(lang, "page.compare.column.clients"), text(lang, "page.compare.column.share")]
    lines = [
        [_said_code(entry, code, lang), number(count, lang), percent(count / found.known, lang)]
        for code, count in zip(of.codes, of.counts, strict=True)
    ]
    return bars(entry.name, title, rows, Table(heads, lines), says=says, note=_note(entry, found, "", lang))


def _code(value: Value) -> str | None:
    return None if value is None else (value if isinstance(value, str) else f"{value:.0f}")


def _said_code(entry: Feature, code: str, lang: str) -> str:
    return say(entry, code if entry.kind == "category" else float(code), lang)


def _bar(label: str, count: int, of: int, lang: str, *, marked: bool = False) -> Bar:
    words = text(lang, "page.compare.share", share=percent(count / of, lang), count=number(count, lang))
    return Bar(label, count, words, marked=marked)


def interval_words(entry: Feature, low: float | None, high: float | None, lang: str) -> str:
    """An interval of a distribution in words."""
    if low is None:
        return text(lang, "page.compare.upto", high=say(entry, high, lang))
    if high is None:
        return text(lang, "peers.band.from", low=say(entry, low, lang))
    if low == high:
        return say(entry, low, lang)
    return text(lang, "peers.band.between", low=say(entry, low, lang), high=say(entry, high, lang))


def along_figure(peers: Peers, group: Group, feature: str, value: Value, lang: str) -> Figure | str:
    """How many of 100 had difficulties in each band of a fact; in all clients where the group is too small; or why not."""
    entry = DICTIONARY[feature]
    if entry.sensitive:
        return text(lang, "page.compare.along.sensitive")
    found, key = peers.along(group, feature), "page.compare.along.note"
    if isinstance(found, str):
        found, key = peers.along(peers.everyone(), feature), "page.compare.along.note.all"
    if isinstance(found, str):
        return text(lang, "page.compare.along.few")
    shares = [(one.band, one.paid) for one in found if isinstance(one.paid, Paid) and one.paid.known >= SHOWN]
    if len(shares) < 2:
        return text(lang, "page.compare.along.few")
    rows = [along_bar(one, lang, marked=one.band.holds(value)) for one in found]
    heads = [
        entry.label.say(lang),
        text(lang, "page.compare.column.difficulties"),
        text(lang, "page.compare.column.known"),
        text(lang, "page.compare.column.clients"),
    ]
    lines = [
        [bar.label, bar.words, known_words(one.paid, lang), number(one.size, lang)]
        for bar, one in zip(rows, found, strict=True)
    ]
    known = sum(paid.known for _, paid in shares)
    return bars(
        f"along-{feature}",
        along_title(shares, lang),
        rows,
        Table(heads, lines),
        says=text(lang, "page.compare.along.says", label=entry.label.say(lang)),
        note=text(lang, key, known=number(known, lang)),
    )


def along_title(shares: list[tuple[Band, Paid]], lang: str) -> str:
    """The bands with the fewest and the most difficulties."""
    lowest = max(shares, key=lambda one: one[1].share)
    highest = min(shares, key=lambda one: one[1].share)
    low, high = (out_of_100(1 - one[1].share) for one in (lowest, highest))
    if low == high:
        return text(lang, "page.compare.along.flat", share=low)
    names = {"lowest": lowest[0].words(lang), "highest": highest[0].words(lang)}
    return text(lang, "page.compare.along.title", low=low, high=high, **names)


def along_bar(one: Along, lang: str, *, marked: bool = False) -> Bar:
    """A band's bar: words alone where few outcomes are known, and less than that where fewer."""
    label, paid = one.band.words(lang), one.paid
    size = known_words(paid, lang)
    if not isinstance(paid, Paid):
        return Bar(label, None, text(lang, "page.compare.along.said.none"), size=size, marked=marked)
    share = out_of_100(1 - paid.share)
    if paid.known < SHOWN:
        low, high = round(100 * (1 - paid.high)), round(100 * (1 - paid.low))
        words = text(lang, "page.compare.along.said.few", share=share, low=low, high=high)
        return Bar(label, None, words, size=size, marked=marked)
    return Bar(label, 1 - paid.share, text(lang, "page.compare.along.said", share=share), size=size, marked=marked)


def known_words(paid: Paid | str, lang: str) -> str:
    """How many outcomes are known, in words; never how many exactly where they are few."""
    if isinstance(paid, str):
        return text(lang, "page.compare.along.said.none")
    return text(lang, "page.compare.along.size", known=number(paid.known, lang))
