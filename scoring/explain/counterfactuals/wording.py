"""What would change it, in words: two or three choices, or that nothing would.

The rule: "up to" and "from … on" are said only where everything further in that direction was tried and is accepted
too; elsewhere the one amount is named. Amounts and payments are shown rounded; what was tried is not.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from scoring.explain.counterfactuals.choices import Choice, Offers
from scoring.explain.counterfactuals.request import Request
from scoring.i18n import number, text

MOST_CHOICES = 3


@dataclass(frozen=True)
class Told:
    """One sentence; `choice` where it tells one."""

    text: str
    choice: Choice | None = None


def title(offers: Offers, lang: str) -> str:
    """What the sentences are about."""
    return text(lang, "offers.title.room" if offers.room else "offers.title.change")


def offer_lines(offers: Offers, threshold_points: float, lang: str) -> tuple[Told, ...]:
    """The sentences, in the order in which they are read."""
    return tuple(_room(offers, lang) if offers.room else _change(offers, threshold_points, lang))


def payments_said(payments: float, lang: str) -> str:
    """A number of payments, with a decimal where it is not whole."""
    return number(payments, lang, 0 if round(payments, 1).is_integer() else 1)


def _change(offers: Offers, threshold_points: float, lang: str) -> Iterator[Told]:
    if offers.choices:
        for choice in offers.choices[:MOST_CHOICES]:
            yield Told(_choice(offers.now, choice, lang), choice)
        if not offers.less_helps:
            yield Told(text(lang, "offers.less"))
        yield Told(text(lang, "offers.promise"))
        return
    if offers.tried <= 1:
        yield Told(text(lang, "offers.none.unlike"))
        return
    yield Told(text(lang, "offers.none"))
    short = round(threshold_points) - round(offers.best[1])
    tried = number(offers.tried, lang)
    if offers.always_outside:
        yield Told(text(lang, "offers.none.outside"))
    elif short > 0:
        yield Told(text(lang, "offers.none.below", tried=tried, points=short))
    else:
        yield Told(text(lang, "offers.none.uncertain", tried=tried))


def _choice(now: Request, choice: Choice, lang: str) -> str:
    request = choice.request
    amounts = {"amount": number(request.amount, lang), "now": number(now.amount, lang)}
    if choice.kind == "amount":
        return text(lang, "offers.amount.up_to" if choice.holds else "offers.amount", **amounts)
    if choice.kind == "down_payment":
        key = "offers.down_payment.from" if choice.holds else "offers.down_payment"
        return text(lang, key, down=number(request.down_payment, lang), credit=number(request.credit, lang))
    months = {
        "payments": payments_said(request.payments or 0.0, lang),
        "annuity": number(request.annuity or 0.0, lang),
    }
    if choice.kind == "both":
        return text(lang, "offers.both", amount=amounts["amount"], **months)
    if now.payments is None or now.annuity is None:
        return text(lang, "offers.payments.first", **months)
    before = {"now": payments_said(now.payments, lang), "annuity_now": number(now.annuity, lang)}
    return text(lang, "offers.payments", **months, **before)


def _room(offers: Offers, lang: str) -> Iterator[Told]:
    room, now = offers.room, offers.now
    if room is None:
        return
    if room.amount > now.amount:
        key = "offers.room.amount.end" if room.at_the_end else "offers.room.amount"
        yield Told(text(lang, key, amount=number(room.amount, lang)))
    elif not room.at_the_end:
        yield Told(text(lang, "offers.room.amount.none"))
    if room.payments is not None and now.payments is not None and room.payments < now.payments:
        annuity = number(now.credit / room.payments, lang)
        yield Told(text(lang, "offers.room.payments", payments=payments_said(room.payments, lang), annuity=annuity))
    yield Told(text(lang, "offers.promise"))
