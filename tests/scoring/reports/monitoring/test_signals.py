"""What stands out: bad data is told from drift, each signal where it belongs; chance alone raises none."""

import itertools
from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from scoring.i18n import LANGUAGES
from scoring.reports.monitoring import Seen, advise, light_of, rules, signals_of
from scoring.reports.monitoring.distribution_shift import bins_of_features
from scoring.reports.monitoring.monitor import Overrides, overridden, raw_changes
from scoring.reports.monitoring_document import SECTIONS, Signal
from scoring.reports.quality import Quality
from scoring.service import Service

Looked = Callable[..., Seen]


def called(seen: Seen) -> dict[tuple[str, str], Signal]:
    return {(one.kind, one.subject): one for one in signals_of(seen)}


def test_clients_like_those_of_training_raise_nothing(seen: Looked) -> None:
    found = seen()
    assert signals_of(found) == ()
    assert light_of(found, ()) == "green"
    assert advise(found, ()).action == "keep"


def test_bins_and_counts_are_the_artefacts_own(demo: Service) -> None:
    for bins in bins_of_features(demo.model):
        assert bins.clients == demo.model.provenance.training_rows


def test_another_unit_is_bad_data_and_is_named(seen: Looked, finest: str) -> None:
    found = seen(lambda frame: frame.with_columns(pl.col(finest) * 12.0))
    signal = called(found)["unit", finest]
    assert signal.level == "red"
    assert signal.figures["factor"] == 12.0
    assert ("drift", finest) not in called(found)
    assert advise(found, signals_of(found)).action == "repair"


def test_values_that_went_missing_are_bad_data(seen: Looked, heaviest: str) -> None:
    def without(frame: pl.DataFrame) -> pl.DataFrame:
        gone = pl.int_range(frame.height) % 2 == 0
        return frame.with_columns(pl.when(gone).then(None).otherwise(pl.col(heaviest)).alias(heaviest))

    signal = called(seen(without))["missing", heaviest]
    assert signal.section == "data"
    assert signal.level == "red"
    assert signal.figures["now"] == pytest.approx(0.5, abs=0.02)


def test_codes_never_seen_are_bad_data_and_go_to_a_person(seen: Looked, category: str) -> None:
    found = seen(lambda frame: frame.with_columns(pl.lit("Renamed").alias(category)))
    signals = called(found)
    assert signals["unseen", category].level == "red"
    assert ("drift", category) not in signals
    assert signals["review", ""].section == "decisions"


def test_other_clients_are_drift_and_no_bad_data(seen: Looked, heaviest: str) -> None:
    def weaker(frame: pl.DataFrame) -> pl.DataFrame:
        risky = frame.sort(pl.col("risk")).tail(frame.height // 2)
        return risky.sample(frame.height, with_replacement=True, seed=1)

    found = seen(weaker)
    signals = called(found)
    assert signals["drift", heaviest].level == "amber"
    assert signals["score", ""].level == "red"
    assert not any(one.section == "data" and one.level == "red" for one in signals.values())
    high = next(one for one in found.score.bins if one.cell == 0)  # the safest tenth: fewest log-odds
    assert high.now < high.before
    assert advise(found, tuple(signals.values())).says.en.startswith("Keep the model for now")


def test_numbers_never_seen_are_told(seen: Looked, demo: Service, clients: pl.DataFrame, finest: str) -> None:
    high = demo.model.features[finest].high

    def beyond(frame: pl.DataFrame) -> pl.DataFrame:
        some = pl.int_range(frame.height) < 40
        return frame.with_columns(pl.when(some).then(pl.lit(high + 1.0)).otherwise(pl.col(finest)).alias(finest))

    found = seen(beyond)
    signal = called(found)["outside", finest]
    assert signal.level == "amber"
    values = beyond(clients)[finest]
    outside = (values < demo.model.features[finest].low) | (values > high)
    assert signal.figures["share"] == outside.fill_null(False).mean() >= 0.02


def test_under_two_hundred_clients_nothing_is_judged(seen: Looked, finest: str) -> None:
    found = seen(lambda frame: frame.head(199).with_columns(pl.col(finest) * 12.0))
    assert signals_of(found) == ()
    assert light_of(found, ()) == "none"
    advice = advise(found, ())
    assert advice.action == "wait"
    assert "199" in advice.says.en


def test_outcomes_as_foretold_keep_the_model(seen: Looked, lived: np.ndarray) -> None:
    found = seen(outcome=lived)
    assert not [one for one in signals_of(found) if one.section == "outcomes"]
    assert advise(found, signals_of(found)).action == "keep"


def test_twice_the_difficulties_ask_for_a_calibration(seen: Looked, demo: Service, clients: pl.DataFrame) -> None:
    log_odds = demo.lookup.sum_many(clients).log_odds + 0.9
    worse = (np.random.default_rng(6).random(len(log_odds)) < 1.0 / (1.0 + np.exp(-log_odds))).astype(np.float64)
    found = seen(outcome=worse)
    signals = called(found)
    assert signals["calibration", ""].level == "red"
    assert ("cost", "") in signals
    advice = advise(found, tuple(signals.values()))
    assert advice.action == "recalibrate"
    assert found.outcomes is not None
    assert found.outcomes.line is not None
    assert found.outcomes.line.intercept.low < 0.9 < found.outcomes.line.intercept.high
    assert found.outcomes.gain is not None
    assert found.outcomes.gain.mean > 0.0
    assert "log-odds" in advice.because[-2].en or "log-odds" in advice.because[-1].en


def test_a_lost_order_asks_for_a_training(seen: Looked, lived: np.ndarray) -> None:
    shuffled = np.random.default_rng(2).permutation(lived)
    found = seen(outcome=shuffled)
    assert called(found)["ranking", ""].level == "red"
    assert advise(found, signals_of(found)).action == "retrain"


def test_a_stretch_that_went_wrong_is_named(seen: Looked, lived: np.ndarray) -> None:
    months = ["2026-01"] * 1_000 + ["2026-02"] * 1_000
    wrong = lived.copy()
    wrong[1_000:1_200] = 1.0
    found = seen(outcome=wrong, periods=months)
    assert [block.name for block in found.blocks] == ["2026-01", "2026-02"]
    signals = called(found)
    assert ("block", "2026-02") in signals
    assert ("block", "2026-01") not in signals


def test_blocks_hold_every_client_in_order(seen: Looked) -> None:
    blocks = seen().blocks
    assert len(blocks) == 5
    assert all(first.last < second.first for first, second in itertools.pairwise(blocks))


def test_a_table_that_did_not_come_is_red(seen: Looked) -> None:
    found = seen(absent=("bureau",))
    assert called(found)["absent", "bureau"].level == "red"


def test_people_who_overrule_often_are_told_of_from_200_decisions_on() -> None:
    few = overridden(Overrides(100, {("decline", "accept"): 60}))
    many = overridden(Overrides(400, {("decline", "accept"): 80, ("accept", "decline"): 10}))
    assert few.level == "green"
    assert many.level == "red"
    assert many.moves == {"accept>decline": 10, "decline>accept": 80}
    assert many.rate.low < 90 / 400 < many.rate.high


def _finding(check: str, column: str, count: int, of: int) -> dict[str, object]:
    examples = ["Salaried"] if check == "unknown code" and count else []
    where = {"table": "application", "column": column, "rule": "", "warning": True}
    return {"check": check, **where, "count": count, "of": of, "examples": examples}


def _quality(missing: int, unknown: int, of: int = 1_000) -> Quality:
    findings = [
        _finding("missing", "EXT_SOURCE_2", missing, of),
        _finding("unknown code", "NAME_INCOME_TYPE", unknown, of),
    ]
    document = {"format": "clairscore/table-checks", "version": 1, "rows": {"application": of}, "absent": []}
    return Quality.model_validate({**document, "repairs": [], "findings": findings})


def test_raw_columns_are_held_to_those_of_training() -> None:
    assert raw_changes(_quality(5, 0), _quality(9, 2)) == ()
    found = {one.check: one for one in raw_changes(_quality(5, 0), _quality(300, 20))}
    assert found["missing"].level == "red"
    assert found["unknown code"].level == "amber"
    assert found["unknown code"].examples == ("Salaried",)


def test_every_signal_is_whole_in_both_languages(
    seen: Looked, lived: np.ndarray, finest: str, heaviest: str, category: str
) -> None:
    def worst(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.with_columns(
            pl.col(finest) * 12.0, pl.lit("Renamed").alias(category), pl.lit(None, pl.Float64).alias(heaviest)
        )

    signals = signals_of(seen(worst, 1.0 - lived, absent=("bureau",)))
    assert {one.section for one in signals} <= set(SECTIONS)
    assert len(signals) > 5
    for one in signals:
        for words in (one.says, one.cause, one.action):
            assert all(words.say(lang).strip() for lang in LANGUAGES)
            assert words.fr != words.en
    assert [one.level for one in signals] == sorted((one.level for one in signals), key=["red", "amber"].index)


def test_the_rules_say_their_bounds() -> None:
    said = " ".join(one.en for one in rules())
    assert "Under 200 clients nothing is judged." in said
    assert "Benjamini–Hochberg" in said
