"""The rules of the light in words, with the very bounds that it is computed by."""

from scoring.i18n.figures import num, pct
from scoring.reports.evaluation import Said
from scoring.reports.monitoring import thresholds as bounds
from scoring.reports.monitoring.wording import told


def rules() -> tuple[Said, ...]:
    """One sentence a rule, in the order of the page."""
    amber, red = (num(one, 2) for one in bounds.INDEX)
    return (
        told("rule.fewest", fewest=num(bounds.FEWEST)),
        told("rule.data", odd=pct(bounds.ODD[0], 0), odd_red=pct(bounds.ODD[1], 0),
             missing=num(100 * bounds.MISSING[0]), missing_red=num(100 * bounds.MISSING[1])),
        told("rule.features", amber=amber, rate=pct(bounds.FALSE_DISCOVERIES, 0), draws=num(bounds.DRAWS)),
        told("rule.score", amber=amber, red=red, rarely=pct(bounds.ALONE, 0)),
        told("rule.decisions", accepted=num(100 * bounds.ACCEPTED[0]), accepted_red=num(100 * bounds.ACCEPTED[1]),
             reviewed=num(bounds.REVIEWED[0], 1), reviewed_red=num(bounds.REVIEWED[1])),
        told("rule.outcomes", gap=pct(bounds.CALIBRATION[0], 0), gap_red=pct(bounds.CALIBRATION[1], 0),
             rarely=pct(bounds.ALONE, 0), auc=num(bounds.RANKING[0], 2), auc_red=num(bounds.RANKING[1], 2),
             defaulters=num(bounds.FEWEST_DEFAULTERS)),
        told("rule.people", amber=pct(bounds.OVERRIDES[0], 0), red=pct(bounds.OVERRIDES[1], 0)),
        told("rule.challenger"),
        told("rule.advice"),
    )  # fmt: skip
