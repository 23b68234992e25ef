"""The folder of a Space built from the demo, and trainings that are not the demo."""

from collections.abc import Callable
from pathlib import Path

import pytest

from scoring.model.additive_model import AdditiveModel, read_model, write_model
from scoring.model.artefacts import CHAMPION_FILE, PORTFOLIO_FILE, read_artefacts
from scoring.settings import DEMO
from training.deploy.folder import Plan, build

Marked = Callable[..., Path]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's folder."""
    out = tmp_path_factory.mktemp("space") / "out"
    build(Plan(), out)
    return out


@pytest.fixture
def marked(tmp_path: Path) -> Marked:
    """Give a training like the demo that says of its clients what is asked; `change` changes its models."""

    def make(
        *, synthetic: bool, clients: bool = True, change: Callable[[AdditiveModel], AdditiveModel] = lambda one: one
    ) -> Path:
        folder = tmp_path / "training"
        folder.mkdir()
        champion, digests = read_artefacts(DEMO).champion, {}
        for kind in champion.models:
            model = read_model(DEMO / f"{kind}.json")
            stated = model.model_copy(
                update={"provenance": model.provenance.model_copy(update={"synthetic": synthetic})}
            )
            changed = change(AdditiveModel.model_validate(stated.model_dump()))
            write_model(changed, folder / f"{kind}.json")
            digests[kind] = changed.digest
        for name in ("evaluation.json", PORTFOLIO_FILE):
            (folder / name).write_bytes((DEMO / name).read_bytes())
        facts = champion.portfolio.model_copy(update={"synthetic": clients})
        wording = champion.model_copy(update={"models": digests, "portfolio": facts})
        (folder / CHAMPION_FILE).write_text(wording.model_dump_json(), encoding="utf-8")
        return folder

    return make


def with_a_small_cell(model: AdditiveModel) -> AdditiveModel:
    """The same model, one of whose cells holds three clients and all others none or many."""
    terms = []
    for at, term in enumerate(model.terms):
        counts = [count if count >= 10 else 0 for count in term.counts]
        counts[1] = 3 if at == 0 else counts[1]
        terms.append(term.model_copy(update={"counts": tuple(counts)}))
    return model.model_copy(update={"terms": tuple(terms)})


def without_small_cells(model: AdditiveModel) -> AdditiveModel:
    """The same model, none of whose cells holds 1 to 9 clients."""
    terms = [
        term.model_copy(update={"counts": tuple(count if count >= 10 else 0 for count in term.counts)})
        for term in model.terms
    ]
    return model.model_copy(update={"terms": tuple(terms)})
