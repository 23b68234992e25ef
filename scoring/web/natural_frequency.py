"""A probability as a count: of so many clients, how many have difficulties.

Counts are understood better than percentages. Where a count of 100 would tie with the limit, more clients are counted.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from scoring.model.decision import Decision

SIDE, STEP, RADIUS = 10, 8.0, 2.9


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


def dots_svg(count: Count) -> str:
    """One dot for each of 100 clients, those with difficulties last and dark; nothing for finer counts.

    Decoration: the sentence beside it says the same.
    """
    if count.of != SIDE * SIDE:
        return ""
    size = f"{SIDE * STEP:.0f}"
    return (
        f'<svg class="cs-dots" viewBox="0 0 {size} {size}" aria-hidden="true" focusable="false">'
        f"{''.join(_dots(count.good))}</svg>"
    )


def _dots(good: int) -> Iterator[str]:
    for index in range(SIDE * SIDE):
        x, y = (index % SIDE + 0.5) * STEP, (index // SIDE + 0.5) * STEP
        kind = "good" if index < good else "bad"
        yield f'<circle class="cs-dot-{kind}" cx="{x:g}" cy="{y:g}" r="{RADIUS}"/>'
