"""What is said of a group and of a client's place in it: the same sentences on the pages and in the API."""

from scoring.data.features import DICTIONARY, say
from scoring.i18n import number, text
from scoring.portfolio.peers.bands import FEWEST, Paid, Withheld
from scoring.portfolio.peers.groups import Group
from scoring.portfolio.peers.percentile_ranks import Standing


def group_words(group: Group, lang: str) -> str:
    """Who is in a group."""
    size = number(group.size, lang)
    if group.kind == "nearest" and group.points is not None:
        low, high = (number(end, lang) for end in group.points)
        return text(lang, "peers.group.nearest", size=size, low=low, high=high)
    if group.kind == "similar" and not group.chosen:
        return text(lang, "peers.group.similar.all", size=size)
    return text(lang, f"peers.group.{group.kind}", size=size)


def paid_words(paid: Paid | Withheld, lang: str) -> str:
    """How many of a group paid without difficulty, or why that is not told."""
    if paid == "few":
        return text(lang, "peers.paid.few", least=FEWEST)
    if isinstance(paid, str):
        return text(lang, "peers.paid.sensitive")
    return text(
        lang,
        "peers.paid.wide" if paid.wide else "peers.paid",
        known=number(paid.known, lang),
        good=round(100 * paid.share),
        low=round(100 * paid.low),
        high=round(100 * paid.high),
    )


def standing_words(feature: str, found: Standing, lang: str) -> str:
    """Where a client stands in a group, and the client's value."""
    entry, place = DICTIONARY[feature], found.place
    others = found.known + found.unknown
    share = {
        "above": found.below,
        "below": found.above,
        "alike": found.alike,
        "missing": found.unknown / others if others else 0.0,
    }.get(place)
    counts = {} if share is None else {"count": out_of_100(share)}
    return text(
        lang, f"peers.standing.{place}", label=entry.label.say(lang), value=say(entry, found.value, lang), **counts
    )


def out_of_100(share: float) -> int:
    """A share as a whole number of 100; neither 0 nor 100 where it is neither.

    >>> out_of_100(0.004), out_of_100(0.0), out_of_100(0.999), out_of_100(0.5)
    (1, 0, 99, 50)
    """
    if share in (0.0, 1.0):
        return round(100 * share)
    return min(max(round(100 * share), 1), 99)
