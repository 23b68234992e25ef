"""A client's score as a sum that can be checked with a pencil: one line a term, then the total.

The rule: log-odds are written whole, as Python writes a float, so that the lines add up to the score to the last digit
that addition keeps; points are rounded for reading, and follow from the log-odds.
"""

from collections.abc import Iterator, Mapping

from scoring.data.features import DICTIONARY, say
from scoring.i18n import Words
from scoring.i18n.numbers import number, percent
from scoring.model.additive_model import AdditiveModel, Scored
from scoring.model.additive_model.lookup import Value
from scoring.model.scale import pd_of

_INTERCEPT = Words("constante", "intercept")
_SUM = Words("somme = log-cote", "sum = log-odds")
_PD = Words("probabilité de défaut = 1 / (1 + exp(−log-cote))", "probability of default = 1 / (1 + exp(−log-odds))")
_POINTS = Words("points", "points")


def by_hand(model: AdditiveModel, scored: Scored, facts: Mapping[str, Value], lang: str) -> Iterator[str]:
    """Lines of the sum: contribution in log-odds, the same in points, the term's features with the client's values.

    Parameters
    ----------
    scored
        From ``Lookup(model).score(facts)``.
    facts
        Value of each feature of the model.
    lang
        ``fr`` or ``en``.
    """
    yield _line(model.intercept, "", _INTERCEPT.say(lang))
    for term, contribution in zip(model.terms, scored.contributions, strict=True):
        points = f"{number(model.scale.points_of_change(contribution), lang, 1)} {_POINTS.say(lang)}"
        said = (
            f"{DICTIONARY[name].label.say(lang)} = {say(DICTIONARY[name], facts[name], lang)}" for name in term.features
        )
        yield _line(contribution, points, " × ".join(said))
    yield _line(scored.log_odds, "", _SUM.say(lang))
    pd = pd_of(scored.log_odds)
    yield _line(pd, percent(pd, lang, 1), _PD.say(lang))
    yield _line(model.scale.points(scored.log_odds), "", _POINTS.say(lang))


def _line(value: float, beside: str, said: str) -> str:
    return f"{value!r:>24}  {beside:>14}  {said}"
