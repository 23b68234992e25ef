"""Choices in words: said as far as they hold, in both languages, without a word of the trade."""

from dataclasses import replace

import pytest

from scoring.explain.counterfactuals import Choice, Offers, Request, Room
from scoring.explain.counterfactuals.wording import MOST_CHOICES, offer_lines
from scoring.i18n import LANGUAGES, NARROW_SPACE

NOW = Request(amount=360_000.0, payments=14.893, price_of_one=0.9)
LESS = Choice("amount", replace(NOW, amount=310_000.0), 550.0, 0.139, holds=True)
LONGER = Choice("payments", replace(NOW, payments=24.0), 548.0, 0.3, holds=False)
BOTH = Choice("both", replace(NOW, amount=340_000.0, payments=20.0), 547.0, 0.2, holds=False)
DOWN = Choice("down_payment", replace(NOW, down_payment=40_000.0), 549.0, 0.111, holds=True)
NONE = Offers(NOW, "decline", 520.0, (), None, False, False, (NOW, 528.0), 1_223)


def say(offers: Offers, lang: str = "en") -> list[str]:
    return [line.text for line in offer_lines(offers, 537.2, lang)]


def test_up_to_is_said_where_everything_below_is_accepted() -> None:
    offers = replace(NONE, choices=(LESS,), less_helps=True)
    assert say(offers)[0].startswith("Up to 310,000 instead of 360,000, the model would propose approval")
    assert say(replace(offers, choices=(replace(LESS, holds=False),)))[0].startswith("With 310,000 instead of")
    assert say(offers, "fr")[0].startswith(
        f"Jusqu'à 310{NARROW_SPACE}000 au lieu de 360{NARROW_SPACE}000, le modèle proposerait"
    )


def test_a_duration_is_told_with_its_payments() -> None:
    offers = replace(NONE, choices=(LONGER,))
    assert say(offers)[0].startswith("In 24 monthly payments of 15,000 (asked: 14.9 of 24,172), the model")
    unknown = replace(NOW, payments=None)
    assert say(replace(offers, now=unknown))[0].startswith("In 24 monthly payments of 15,000, the model")


def test_where_less_does_not_help_it_is_said() -> None:
    assert "Asking for a smaller amount alone would not be enough." in say(replace(NONE, choices=(LONGER,)))
    assert "Asking for a smaller amount alone would not be enough." not in say(
        replace(NONE, choices=(LESS,), less_helps=True)
    )


def test_three_choices_are_enough() -> None:
    lines = offer_lines(replace(NONE, choices=(DOWN, LESS, BOTH, LONGER), less_helps=True), 537.2, "en")
    assert [line.choice for line in lines if line.choice] == [DOWN, LESS, BOTH]
    assert len([line for line in lines if line.choice]) == MOST_CHOICES


def test_where_nothing_helps_it_is_said_why() -> None:
    assert say(NONE) == [
        "Neither a smaller amount nor another duration is enough today.",
        "Of the 1,223 requests that we could offer, the best stays 9 points below the level asked.",
    ]
    assert say(replace(NONE, tried=1)) == ["We have no other credit of this type to compare with."]
    assert "too close" in say(replace(NONE, best=(NOW, 540.0)))[1]
    assert "outside what the model knows" in say(replace(NONE, always_outside=True))[1]


def test_an_accepted_request_is_told_how_far_it_can_go() -> None:
    accepted = replace(NONE, outcome="accept", room=Room(amount=410_000.0, payments=12.0, at_the_end=False))
    assert say(accepted)[0] == "Still accepted up to 410,000, with as many monthly payments."
    assert say(accepted)[1] == "Still accepted in 12 monthly payments of 30,000, for the same amount."
    tight = replace(accepted, room=Room(amount=NOW.amount, payments=NOW.payments, at_the_end=False))
    assert say(tight)[0] == "Just above this amount, approval would no longer be proposed."
    assert "the largest amount we lend" in say(replace(accepted, room=Room(410_000.0, None, at_the_end=True)))[0]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_text_speaks_the_trade(lang: str) -> None:
    every = [NONE, replace(NONE, choices=(LESS, BOTH, LONGER)), replace(NONE, choices=(DOWN,))]
    for offers in every:
        for line in say(offers, lang):
            assert "{" not in line
            assert not any(word in line.lower() for word in ("log-odds", "woe", "shap", "feature", "none"))
