"""Names of a model's terms where a database or a file names columns: unique, short, without surprises."""

from collections.abc import Sequence

from scoring.model.additive_model import AdditiveModel

LONGEST = 63
"""Bytes of a name that every engine keeps: PostgreSQL cuts what is longer, silently."""


def term_names(model: AdditiveModel) -> tuple[str, ...]:
    """One name for each term, in the document's order: ``term_`` and its features, joined by ``_x_``.

    A name that is too long, or that differs from an earlier one by case alone, ends with the term's position.

    >>> from scoring.reports.exports.names import unique_names
    >>> unique_names(["term_age", "term_Age", "term_" + "a" * 70])[1:]
    ('term_Age_2', 'term_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa_3')
    """
    return unique_names(["term_" + "_x_".join(term.features) for term in model.terms])


def unique_names(wanted: Sequence[str]) -> tuple[str, ...]:
    """Names as wanted where they are short and new, otherwise cut and ended with their position, from 1."""
    taken: set[str] = set()
    names = []
    for position, name in enumerate(wanted, start=1):
        chosen = name
        if len(name.encode()) > LONGEST or name.casefold() in taken:
            end = f"_{position}"
            chosen = name.encode()[: LONGEST - len(end)].decode(errors="ignore") + end
            while chosen.casefold() in taken:
                chosen = f"{chosen[: LONGEST // 2]}_{len(taken)}{end}"
        taken.add(chosen.casefold())
        names.append(chosen)
    return tuple(names)
