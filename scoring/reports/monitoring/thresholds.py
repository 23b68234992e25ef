"""The bounds of the traffic light, and the rules in words with the very bounds that it is computed by.

The index of 0.1 and 0.25 is Siddiqi's (*Credit Risk Scorecards*, 2006, ch. 10); the rest are this house's own.

"""

from typing import Final

from scoring.i18n.figures import num, pct
from scoring.reports.evaluation import Said
from scoring.reports.monitoring.wording import bilingual_text

FEWEST: Final = 200
"""Clients under which nothing is judged."""
FEWEST_KNOWN: Final = 50
"""Clients who have a feature that others lack, under which it is not judged among them alone."""
FEWEST_DEFAULTERS: Final = 20
"""Clients with difficulties under which no ranking and no line of calibration is judged."""
DRAWS: Final = 4_000
"""Draws of chance for each index."""
SEED: Final = 20260101
"""Of those draws: the same clients, the same report."""
INDEX: Final = (0.1, 0.25)
"""Amber from the first on, red from the second."""
FALSE_DISCOVERIES: Final = 0.05
"""Largest expected share of false alarms among what is called moved (Benjamini–Hochberg)."""
ALONE: Final = 0.01
"""How rarely chance may do as much, for a figure that is looked at alone."""
ODD: Final = (0.01, 0.10)
"""Share of clients with codes or numbers that training never saw."""
FEWEST_ODD: Final = 5
"""Clients that make such a share more than an accident."""
MISSING: Final = (0.05, 0.25)
"""Change of the share of missing values, or of odd raw rows."""
ACCEPTED: Final = (0.05, 0.15)
"""Change of the accepted share."""
REVIEWED: Final = (1.5, 3.0)
"""Share of reviews, in units of the share that training allowed."""
CALIBRATION: Final = (0.10, 0.25)
"""Gap between observed and expected, as a share of the expected."""
RANKING: Final = (0.03, 0.06)
"""Loss of AUC against the test clients of training."""
OVERRIDES: Final = (0.05, 0.15)
"""Share of decisions that people overruled."""
BLOCKS: Final = 5
"""Stretches that clients are looked at in, where there are enough."""
UNIT_EXPLAINS: Final = 0.1
"""Index that a rescaled feature must come under for a change of unit to be the likelier cause."""
FEWEST_BINS: Final = 3
"""Bins that a feature must have for that."""


# The rules of the light in words, with the very bounds that it is computed by.


def rules() -> tuple[Said, ...]:
    """One sentence a rule, in the order of the page."""
    amber, red = (num(one, 2) for one in INDEX)
    return (
        bilingual_text("rule.fewest", fewest=num(FEWEST)),
        bilingual_text("rule.data", odd=pct(ODD[0], 0), odd_red=pct(ODD[1], 0),
             missing=num(100 * MISSING[0]), missing_red=num(100 * MISSING[1])),
        bilingual_text("rule.features", amber=amber, rate=pct(FALSE_DISCOVERIES, 0), draws=num(DRAWS)),
        bilingual_text("rule.score", amber=amber, red=red, rarely=pct(ALONE, 0)),
        bilingual_text("rule.decisions", accepted=num(100 * ACCEPTED[0]), accepted_red=num(100 * ACCEPTED[1]),
             reviewed=num(REVIEWED[0], 1), reviewed_red=num(REVIEWED[1])),
        bilingual_text("rule.outcomes", gap=pct(CALIBRATION[0], 0), gap_red=pct(CALIBRATION[1], 0),
             rarely=pct(ALONE, 0), auc=num(RANKING[0], 2), auc_red=num(RANKING[1], 2),
             defaulters=num(FEWEST_DEFAULTERS)),
        bilingual_text("rule.people", amber=pct(OVERRIDES[0], 0), red=pct(OVERRIDES[1], 0)),
        bilingual_text("rule.challenger"),
        bilingual_text("rule.advice"),
    )  # fmt: skip
