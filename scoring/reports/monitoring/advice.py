"""What to do with the model: keep it, set its probabilities right, train again; or first put the data right, or wait.

The rule: the first that holds, in this order. Fewer than 200 clients: wait. Red data: repair, since nothing else can be
read. The order of clients got worse, the other glass box costs clearly less, or one client in ten lies outside what
training saw: train again. Probabilities or cost that did not come true while the order held: recalibrate. Else keep.
"""

from collections.abc import Iterator

from scoring.i18n.figures import num, pct
from scoring.reports.evaluation import Said
from scoring.reports.monitoring.signals import PER, Seen
from scoring.reports.monitoring.thresholds import FEWEST, ODD
from scoring.reports.monitoring.wording import bilingual_text
from scoring.reports.monitoring_document import Action, Advice, Signal


def advise(seen: Seen, signals: tuple[Signal, ...]) -> Advice:
    """The advice and the figures that it rests on."""
    action = _action(seen, signals)
    says = f"advice.{action}"
    if action == "keep" and signals:
        says = "advice.keep.watching" if seen.outcomes is not None else "advice.keep.unknown"
    if action == "wait":
        return Advice(
            action=action, says=bilingual_text(says, clients=num(seen.clients), fewest=num(FEWEST)), because=()
        )
    return Advice(action=action, says=bilingual_text(says), because=tuple(_because(seen, signals, action)))


def _action(seen: Seen, signals: tuple[Signal, ...]) -> Action:
    if not seen.enough:
        return "wait"
    if any(one.section == "data" and one.level == "red" for one in signals):
        return "repair"
    outcomes = seen.outcomes
    if (
        (outcomes is not None and outcomes.auc_level != "green")
        or (seen.challenger is not None and seen.challenger.better)
        or seen.decisions.outside >= ODD[1]
    ):
        return "retrain"
    if (outcomes is not None and outcomes.all.level != "green") or seen.cost.level != "green":
        return "recalibrate"
    return "keep"


def _because(seen: Seen, signals: tuple[Signal, ...], action: Action) -> Iterator[Said]:
    if action == "repair":
        yield from (one.says for one in signals if one.section == "data" and one.level == "red")
        return
    moved = sum(one.movement != "none" for one in seen.features)
    yield bilingual_text(
        "because.shift",
        index=num(seen.score.index, 3),
        chance=num(seen.score.by_chance, 3),
        moved=num(moved),
        features=num(len(seen.features)),
    )
    cost, outcomes = seen.cost, seen.outcomes
    if outcomes is None or cost.realised is None or cost.expected_known is None:
        yield bilingual_text(
            "because.expected",
            expected=num(PER * cost.expected.value),
            low=num(PER * cost.expected.low),
            high=num(PER * cost.expected.high),
        )
        return
    yield bilingual_text(
        "because.calibration",
        observed=pct(outcomes.all.observed.value),
        expected=pct(outcomes.all.expected),
        clients=num(outcomes.all.clients),
    )
    yield bilingual_text(
        "because.cost",
        realised=num(PER * cost.realised.value),
        expected=num(PER * cost.expected_known.value),
        low=num(PER * cost.expected_known.low),
        high=num(PER * cost.expected_known.high),
    )
    if outcomes.auc_trained is not None:
        area = outcomes.auc
        yield bilingual_text(
            "because.ranking",
            auc=num(area.value, 3),
            low=num(area.low, 3),
            high=num(area.high, 3),
            trained=num(outcomes.auc_trained.value, 3),
        )
    if action == "recalibrate" and outcomes.line is not None and outcomes.gain is not None:
        yield bilingual_text(
            "because.line",
            slope=num(outcomes.line.slope.value, 3),
            intercept=num(outcomes.line.intercept.value, 3, signed=True),
            saved=num(PER * outcomes.gain.mean, signed=True),
            low=num(PER * outcomes.gain.low, signed=True),
            high=num(PER * outcomes.gain.high, signed=True),
        )
    if seen.challenger is not None and seen.challenger.cost is not None:
        difference = seen.challenger.cost
        yield bilingual_text(
            "because.challenger",
            model=bilingual_text(f"kind.{seen.challenger.kind}"),
            difference=num(PER * difference.mean, signed=True),
            low=num(PER * difference.low, signed=True),
            high=num(PER * difference.high, signed=True),
        )
