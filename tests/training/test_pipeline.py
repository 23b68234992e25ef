"""The whole job, by the command line, on a small synthetic portfolio."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner, Result

from scoring.errors import ClairscoreError, TrainingError
from scoring.model.additive_model import Lookup, read_model
from scoring.model.artefacts import digest_of_file, read_artefacts
from scoring.model.costs import CostMatrix
from scoring.portfolio.clients import Portfolio
from training import pipeline
from training.__main__ import app
from training.config import EbmSettings, ReferenceSettings, ScorecardSettings, Settings
from training.data.dataset import read_clients
from training.search.final_fit import _check_accepts

QUICK = Settings(
    seed=5,
    folds=2,
    ebm=EbmSettings(
        shortlist=20,
        terms=12,
        pairs=2,
        positives_of_a_pair=40,
        learning_rate=0.1,
        fold_bags=2,
        final_bags=2,
        smoothing_rounds=5,
    ),
    scorecard=ScorecardSettings(most=14, final_bootstraps=3, fold_bootstraps=2),
    reference=ReferenceSettings(n_estimators=20),
)


def _invoke(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@dataclass(frozen=True)
class Trained:
    tables: Path
    out: Path

    def json(self, name: str) -> dict[str, Any]:
        return json.loads((self.out / name).read_text())


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tables") / "synthetic"
    result = _invoke("portfolio", "--clients", 1800, "--seed", 4, "--out", folder)
    assert result.exit_code == 0, result.output
    return folder


@pytest.fixture(scope="module")
def trained(tables: Path, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    out = tmp_path_factory.mktemp("artefacts")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("training.cli.commands.Settings", lambda **chosen: Settings(**(QUICK_OPTIONS | chosen)))
        result = _invoke("run", "--tables", tables, "--out", out, "--seed", 5, "--trials", 1, "--no-validate")
    assert result.exit_code == 0, result.output
    assert "serves" in result.output
    return Trained(tables, out)


QUICK_OPTIONS = {"folds": 2, "ebm": QUICK.ebm, "scorecard": QUICK.scorecard, "reference": QUICK.reference}


@pytest.mark.integration
class TestRun:
    def test_the_service_reads_what_training_wrote(self, trained: Trained) -> None:
        artefacts = read_artefacts(trained.out)
        assert artefacts.model.kind == artefacts.champion.serves
        assert len(Portfolio(artefacts.portfolio, artefacts.model)) == 1800

    def test_nothing_else_is_left_behind(self, trained: Trained) -> None:
        expected = {"ebm.json", "scorecard.json", "champion.json", "evaluation.json", "portfolio.parquet"}
        expected |= {"tuning.json", "evaluation.html", "findings.json", "parts"}
        assert {path.name for path in trained.out.iterdir()} == expected

    def test_the_champion_follows_from_the_written_difference(self, trained: Trained) -> None:
        champion = trained.json("champion.json")
        assert champion["serves"] == ("ebm" if champion["difference"]["low"] > 0 else "scorecard")
        assert champion["portfolio"]["digest"] == digest_of_file(trained.out / "portfolio.parquet")
        assert champion["portfolio"]["synthetic"] is True
        for kind in ("ebm", "scorecard"):
            model = read_model(trained.out / f"{kind}.json")
            assert champion["models"][kind] == model.digest
            assert model.provenance.synthetic is True

    def test_the_figures_are_those_of_the_artefacts(self, trained: Trained) -> None:
        """The written test figures are computed again from the written model and the written portfolio."""
        clients = pl.read_parquet(trained.out / "portfolio.parquet").filter(pl.col("ROLE") == "test")
        target = clients["OUTCOME"].to_numpy()
        for kind in ("ebm", "scorecard"):
            model = read_model(trained.out / f"{kind}.json")
            log_odds = Lookup(model).score_many(clients).log_odds
            declined = 1 / (1 + np.exp(-log_odds)) > 1 / 11
            cost = np.where(declined, target == 0, 10 * target).mean()
            written = trained.json("evaluation.json")["models"][kind]["test"]
            assert cost == pytest.approx(written["cost"])
            assert written == model.provenance.metrics["test"]

    def test_the_portfolio_has_every_client_once_and_hides_outcomes(self, trained: Trained) -> None:
        clients = pl.read_parquet(trained.out / "portfolio.parquet")
        ids = clients["SK_ID_CURR"]
        assert clients.columns[:3] == ["SK_ID_CURR", "ROLE", "OUTCOME"]
        assert ids.is_sorted()
        assert ids.n_unique() == clients.height == 1800
        raw = {s: pl.read_parquet(trained.tables / f"application_{s}.parquet") for s in ("train", "test")}
        roles = clients.group_by("ROLE").agg("SK_ID_CURR")
        by_role = {role: set(numbers) for role, numbers in roles.iter_rows()}
        assert by_role["new"] == set(raw["test"]["SK_ID_CURR"])
        assert by_role["train"] | by_role["test"] == set(raw["train"]["SK_ID_CURR"])
        assert len(by_role["test"]) == pytest.approx(0.2 * raw["train"].height, abs=1)
        assert (clients["OUTCOME"].is_not_null() == (clients["ROLE"] == "test")).all()
        known = clients.filter(pl.col("ROLE") == "test").join(raw["train"], on="SK_ID_CURR")
        assert (known["OUTCOME"] == known["TARGET"]).all()

    def test_no_model_uses_a_sensitive_feature_or_the_outcome(self, trained: Trained) -> None:
        features = read_clients(trained.tables).features
        sensitive = {feature.name for feature in features if feature.sensitive}
        assert sensitive
        for kind in ("ebm", "scorecard"):
            used = set(read_model(trained.out / f"{kind}.json").features)
            assert not used & (sensitive | {"SK_ID_CURR", "TARGET", "OUTCOME", "ROLE"})
        assert sensitive < set(pl.read_parquet_schema(trained.out / "portfolio.parquet"))

    def test_constraints_hold_on_the_served_cells(self, trained: Trained) -> None:
        directions = {f.name: f.direction.value for f in read_clients(trained.tables).features if f.kind == "number"}
        checked = 0
        for kind in ("ebm", "scorecard"):
            for term in read_model(trained.out / f"{kind}.json").terms:
                direction = directions.get(term.features[0], 0)
                if len(term.features) == 1 and direction:
                    assert (direction * np.diff(term.scores[1:-1]) >= -1e-12).all(), term.name
                    checked += 1
                assert len(term.features) == 1 or not any(directions.get(name) for name in term.features)
        assert checked > 5

    def test_the_review_share_stays_within_its_cap(self, trained: Trained) -> None:
        for described in trained.json("evaluation.json")["glass_boxes"].values():
            assert described["review_share_oof"] <= 0.10
            assert described["parity"]["largest_difference"] <= 1e-9
            assert described["parity_of_folds"] <= 1e-9


@pytest.mark.integration
def test_the_same_seed_gives_the_same_models_whatever_the_rows_order(
    trained: Trained, tables: Path, tmp_path: Path
) -> None:
    shuffled = tmp_path / "shuffled"
    shutil.copytree(tables, shuffled)
    (shuffled / "synthetic.json").unlink()
    path = shuffled / "application_train.parquet"
    pl.read_parquet(path).sample(fraction=1.0, shuffle=True, seed=1).write_parquet(path)
    again = pipeline.run(shuffled, tmp_path / "out", QUICK)
    for kind, model in again.artefacts.items():
        before = read_model(trained.out / f"{kind}.json")
        # the tables are not marked as synthetic here, and parity speaks of the same test clients in the same order
        assert model.model_dump(exclude={"provenance"}) == before.model_dump(exclude={"provenance"})
        assert model.provenance.data_fingerprint == before.provenance.data_fingerprint


@pytest.mark.integration
def test_the_application_alone_is_enough_and_a_stopped_run_goes_on_where_it_was(
    tables: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = tmp_path / "alone"
    alone.mkdir()
    shutil.copy(tables / "application_train.parquet", alone)
    plain, fitted = pipeline.cross_fit, []

    def stopped_at_the_third(*given: Any) -> Any:
        fitted.append(given)
        if len(fitted) == 3:
            raise KeyboardInterrupt
        return plain(*given)

    monkeypatch.setattr(pipeline, "processes_for", lambda _: 1)
    monkeypatch.setattr(pipeline, "cross_fit", stopped_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        pipeline.run(alone, tmp_path / "out", QUICK)
    result = pipeline.run(alone, tmp_path / "out", QUICK)
    assert len(fitted) == 4  # the two that had ended were kept
    assert len(result.absent) == 6
    assert result.left_out
    assert read_artefacts(tmp_path / "out").champion.portfolio.synthetic is False
    roles = pl.read_parquet(tmp_path / "out" / "portfolio.parquet")["ROLE"]
    assert set(roles) == {"train", "test"}


class TestBadInput:
    def _one_message(self, result: Result, out: Path) -> str:
        assert result.exit_code == 2
        assert "Traceback" not in result.output
        assert result.exception is None or isinstance(result.exception, SystemExit)
        assert not out.exists() or not list(out.iterdir())
        return " ".join(result.output.split())

    def test_a_folder_that_is_not_there(self, tmp_path: Path) -> None:
        out = tmp_path / "out"
        message = self._one_message(_invoke("run", "--tables", tmp_path / "none", "--out", out), out)
        assert "the folder of tables must exist" in message

    def test_a_target_of_one_class(self, tables: Path, tmp_path: Path) -> None:
        changed, out = tmp_path / "changed", tmp_path / "out"
        changed.mkdir()
        application = pl.read_parquet(tables / "application_train.parquet")
        application.with_columns(TARGET=pl.lit(0, dtype=pl.Int64)).write_parquet(changed / "application_train.parquet")
        message = self._one_message(_invoke("run", "--tables", changed, "--out", out), out)
        assert "TARGET" in message

    def test_too_few_clients(self, tables: Path, tmp_path: Path) -> None:
        changed, out = tmp_path / "changed", tmp_path / "out"
        changed.mkdir()
        application = pl.read_parquet(tables / "application_train.parquet")
        application.head(200).write_parquet(changed / "application_train.parquet")
        message = self._one_message(_invoke("run", "--tables", changed, "--out", out), out)
        assert "TARGET must hold at least 50 clients of each outcome" in message

    def test_a_changed_table_beside_its_marker(self, tables: Path, tmp_path: Path) -> None:
        changed, out = tmp_path / "changed", tmp_path / "out"
        shutil.copytree(tables, changed)
        pl.read_parquet(changed / "bureau.parquet")[1:].write_parquet(changed / "bureau.parquet")
        message = self._one_message(_invoke("run", "--tables", changed, "--out", out), out)
        assert "must describe the tables beside it; got another bureau" in message

    @pytest.mark.parametrize("cost", ["0", "-1", "nan", "inf"])
    def test_a_cost_that_is_none(self, tmp_path: Path, cost: str) -> None:
        out = tmp_path / "out"
        message = self._one_message(_invoke("run", "--tables", tmp_path, "--out", out, "--cost-fn", cost), out)
        assert "must be finite and above 0" in message

    def test_a_figure_too_good_to_be_honest_stops_the_run_on_real_data_only(self) -> None:
        with pytest.raises(TrainingError, match=r"must be at most 0.82; got 0.9000"):
            pipeline._check_honest(0.9, synthetic=False, explained="")
        pipeline._check_honest(0.9, synthetic=True, explained="")
        pipeline._check_honest(0.81, synthetic=False, explained="")
        pipeline._check_honest(0.9, synthetic=False, explained="The lender's own score is among the features.")

    def test_costs_at_which_nobody_is_accepted(self, trained: Trained) -> None:
        model = read_model(trained.out / "scorecard.json")
        train = read_clients(trained.tables).matrix()
        _check_accepts(model, train)
        rule = model.rule.model_copy(update={"threshold": CostMatrix(fn=1e9, fp=1.0).threshold})
        with pytest.raises(TrainingError, match="must accept some client of training; got none"):
            _check_accepts(model.model_copy(update={"rule": rule}), train)

    def test_training_errors_are_the_products(self) -> None:
        assert issubclass(TrainingError, ClairscoreError)
