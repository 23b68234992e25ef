"""A probability as a count: of so many clients, how many have difficulties.

Counts are understood better than percentages. Where a count of 100 would tie with the limit, more clients are counted.
"""

from dataclasses import dataclass

from markupsafe import Markup

from scoring.model.decision import Decision
from scoring.web.templates import render


@dataclass(frozen=True)
class Count:
    """Of ``of`` clients at one score, ``bad`` have difficulties; the lender accepts up to ``limit``."""

    of: int
    bad: int
    limit: int

    @property
    def good(self) -> int:
        """How many pay without difficulty."""
        return self.of - self.bad


def count_of(decision: Decision) -> Count:
    """The count that tells a client's probability from the limit: of 100, else of 1,000, at most of 10,000."""
    for of in (100, 1_000, 10_000):
        count = Count(of, round(of * decision.pd), round(of * decision.threshold))
        if count.bad != count.limit:
            break
    return count


def dots_svg(count: Count) -> Markup:
    """One dot for each of 100 clients, those with difficulties last and dark; nothing for finer counts."""
    return render("parts", "dots", good=count.good) if count.of == 100 else Markup()
