"""Outcomes of fewer than 10 training clients can't be computed from all that is published of a model together."""

import itertools
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from scoring.model.additive_model import AdditiveModel, CategoryAxis, Lookup, NumberAxis, Term
from scoring.model.disclosure import FEWEST_SHOWN, groups_of, information_value, pool_near_copies, protected
from scoring.reports.evaluation import ModelStatistics, TermStatistics
from scoring.reports.exports.grid import grid_of
from scoring.reports.exports.grid_files import FILES
from scoring.reports.folder import Reports
from scoring.service import Service
from tests.scoring.model.additive_model.models import small_model

Cells = Mapping[str, NDArray[np.integer]]


def model_of(kind: str, axis: NumberAxis | CategoryAxis, values: Sequence[Any]) -> AdditiveModel:
    """A model of one term, with the counts of these clients."""
    name = "ext_source_1" if isinstance(axis, NumberAxis) else "education"
    term = Term(features=(name,), axes=(axis,), scores=(0.0,) * axis.cells, counts=(0,) * axis.cells, bags=())
    facts = {name: {"kind": axis.kind}}
    parts = {"kind": kind, "terms": (term,), "features": facts, "bag_intercepts": ()}
    reference = {"contributions": (0.0,), "clients": 1}
    model = small_model(**parts, reference=reference)
    cells = Lookup(model).sum_many(pl.DataFrame({name: values}, strict=False)).cells[:, 0]
    counted = term.model_copy(update={"counts": tuple(np.bincount(cells, minlength=axis.cells).tolist())})
    return small_model(**parts | {"terms": (counted,)}, reference=reference)


def cells_of(models: Mapping[str, AdditiveModel], frame: pl.DataFrame) -> dict[str, NDArray[np.integer]]:
    return {kind: Lookup(model).sum_many(frame).cells for kind, model in models.items()}


def what_is_known(
    models: Mapping[str, AdditiveModel], cells: Cells, groups: Mapping[str, Sequence[tuple[int, ...] | None]]
) -> NDArray[np.float64]:
    """Every sum of outcomes that an attacker has, one row each, shape (sums, clients).

    All clients; every group of every term, though only those of one cell are published, since an information value may
    tell of the others; and every bin of the scorecard, whose points tell its rate, with the clients whose missing value
    the scorecard took for the usual one.
    """
    clients = len(next(iter(cells.values())))
    rows = [np.ones(clients)]
    for kind, model in models.items():
        for position, term in enumerate(model.terms):
            own, group = cells[kind][:, position], groups[kind][position]
            if group is not None:
                of_client = np.asarray(group)[own]
                rows += [of_client == one for one in np.unique(of_client)]
            if kind == "scorecard":
                if 0 < term.counts[0] < FEWEST_SHOWN:
                    known = np.sort(own[own > 0])
                    own = np.where(own == 0, known[len(known) // 2], own)
                rows += [own == one for one in np.unique(own)]
    return np.asarray(rows, dtype=np.float64)


def recovered(known: NDArray[np.float64], sets: Sequence[NDArray[np.bool_]]) -> list[int]:
    """Which sets of clients have a sum of outcomes that follows from the known ones: those in their row space."""
    values, vectors = np.linalg.eigh(known @ known.T)
    kept = values > 1e-9 * values[-1]
    basis = (vectors[:, kept] / np.sqrt(values[kept])).T @ known
    found = []
    for position, members in enumerate(sets):
        wanted = members.astype(np.float64)
        rest = wanted - basis.T @ (basis @ wanted)
        if rest @ rest < 1e-6 * (wanted @ wanted):
            found.append(position)
    return found


def small_sets(models: Mapping[str, AdditiveModel], cells: Cells) -> list[NDArray[np.bool_]]:
    """Cells of 1 to 9 clients, and the clients between two edges of one feature in both models."""
    found = []
    for kind, model in models.items():
        for position, term in enumerate(model.terms):
            own = cells[kind][:, position]
            found += [own == cell for cell, count in enumerate(term.counts) if 0 < count < FEWEST_SHOWN]
            for other_kind, other in models.items():
                for at, same in enumerate(other.terms):
                    if same.features == term.features and other_kind != kind and len(term.features) == 1:
                        pairs = np.stack([own, cells[other_kind][:, at]])
                        _, inverse, counts = np.unique(pairs, axis=1, return_inverse=True, return_counts=True)
                        thin = np.flatnonzero(counts < FEWEST_SHOWN)
                        found += [inverse.ravel() == part for part in thin]
    return found


numbers = st.lists(st.one_of(st.none(), st.integers(0, 40).map(float)), min_size=60, max_size=200).filter(
    lambda values: sum(value is not None for value in values) >= 40
)
edges = st.lists(st.integers(0, 40).map(lambda edge: edge + 0.5), max_size=12, unique=True).map(sorted)


def coarse(wanted: Sequence[float], values: Sequence[float | None]) -> list[float]:
    """Edges with 10 clients or more in each bin, as a scorecard has them."""
    known = np.sort([value for value in values if value is not None])
    kept: list[float] = []
    last = 0
    for edge in wanted:
        below = int(np.searchsorted(known, edge))
        if below - last >= FEWEST_SHOWN and len(known) - below >= FEWEST_SHOWN:
            kept.append(edge)
            last = below
    return kept


@given(numbers, edges, edges)
def test_no_small_set_follows_from_the_sums(values: list[float | None], fine: list[float], few: list[float]) -> None:
    models = {
        "scorecard": model_of("scorecard", NumberAxis(edges=tuple(coarse(few, values))), values),
        "ebm": model_of("ebm", NumberAxis(edges=tuple(fine)), values),
    }
    cells = cells_of(models, pl.DataFrame({"ext_source_1": values}, schema={"ext_source_1": pl.Float64}))
    known = what_is_known(models, cells, groups_of(models))
    assert recovered(known, small_sets(models, cells)) == []


codes = st.lists(st.sampled_from([*"aaaaaabbbbccd", None]), min_size=60, max_size=200)
levels = st.permutations("abcd").flatmap(
    lambda order: st.sets(st.integers(1, 3)).map(
        lambda cuts: tuple(tuple(order[low:high]) for low, high in itertools.pairwise([0, *sorted(cuts), 4]))
    )
)


@given(codes, levels, levels)
def test_no_small_group_of_codes_follows_from_the_sums(
    values: list[str | None], fine: tuple[tuple[str, ...], ...], few: tuple[tuple[str, ...], ...]
) -> None:
    models = {
        "scorecard": model_of("scorecard", CategoryAxis(levels=few), values),
        "ebm": model_of("ebm", CategoryAxis(levels=fine), values),
    }
    counts = models["scorecard"].terms[0].counts
    if any(0 < count < FEWEST_SHOWN for count in counts):
        return  # a scorecard pools rare codes, and takes a rare missing value for the usual code
    cells = cells_of(models, pl.DataFrame({"education": values}, schema={"education": pl.String}))
    known = what_is_known(models, cells, groups_of(models))
    assert recovered(known, small_sets(models, cells)) == []


def test_the_attack_finds_what_hiding_one_cell_gives_away() -> None:
    """The test's own test: with only the small cell hidden, as before, the sums give it back."""
    own = np.array([0] * 4 + [1] * 50 + [2] * 60)
    known = np.asarray([np.ones(114), own == 1, own == 2], dtype=np.float64)
    assert recovered(known, [own == 0]) == [0]


@pytest.fixture(scope="module")
def training(demo: Service) -> tuple[dict[str, AdditiveModel], pl.DataFrame]:
    """The demo's models, and the clients that they were fitted on."""
    clients = pl.read_parquet(demo.artefacts.portfolio).filter(pl.col("ROLE") == "train")
    return dict(Reports(demo.artefacts).models), clients


def test_nothing_follows_for_a_small_set_of_the_demo(training: tuple[dict[str, AdditiveModel], pl.DataFrame]) -> None:
    """Each feature, by all that both models tell of it: sums, differences, information values, points."""
    models, clients = training
    cells = cells_of(models, clients)
    groups = pool_near_copies(groups_of(models), cells)
    attacked = 0
    for features in dict.fromkeys(term.features for model in models.values() for term in model.terms):
        at = {
            kind: [p for p, term in enumerate(model.terms) if term.features == features]
            for kind, model in models.items()
        }
        ours = {
            kind: models[kind].model_copy(update={"terms": tuple(models[kind].terms[p] for p in at[kind])})
            for kind in at
        }
        their_cells = {kind: cells[kind][:, at[kind]] for kind in at}
        wanted = small_sets(ours, their_cells)
        known = what_is_known(ours, their_cells, {kind: [groups[kind][p] for p in at[kind]] for kind in at})
        assert recovered(known, wanted) == [], features
        attacked += len(wanted)
    assert attacked > 20


def test_a_group_that_is_nearly_a_copy_of_anothers_is_pooled() -> None:
    """Missing for 30 clients, and for these and 3 more: the difference would tell of the 3."""
    first = np.array([0] * 30 + [1] * 40 + [2] * 50)
    second = np.array([0] * 33 + [1] * 37 + [2] * 50)
    cells = {"ebm": np.stack([first, second], axis=1)}
    apart: dict[str, list[tuple[int, ...] | None]] = {"ebm": [(0, 1, 2), (0, 1, 2)]}

    def known(groups: Mapping[str, Sequence[tuple[int, ...] | None]]) -> NDArray[np.float64]:
        sets = [
            np.asarray(group)[cells["ebm"][:, at]] == one
            for at, group in enumerate(groups["ebm"])
            if group is not None
            for one in set(group)
        ]
        return np.asarray([np.ones(120), *sets], dtype=np.float64)

    three = [(first == 1) & (second == 0)]
    assert recovered(known(apart), three) == [0]
    assert recovered(known(pool_near_copies(apart, cells)), three) == []


def statistics_of(
    models: Mapping[str, AdditiveModel], cells: Cells, bad: NDArray[np.bool_]
) -> dict[str, ModelStatistics]:
    groups = pool_near_copies(groups_of(models), cells)
    found = {}
    for kind, model in models.items():
        terms = []
        for position, term in enumerate(model.terms):
            of_cell = np.bincount(cells[kind][bad, position], minlength=len(term.scores)).tolist()
            defaulters, iv = protected(groups[kind][position], term.counts, of_cell, int(bad.sum()))
            terms.append(TermStatistics(features=term.features, defaulters=defaulters, iv=iv))
        found[kind] = ModelStatistics(clients=len(bad), defaulters=int(bad.sum()), terms=tuple(terms))
    return found


def test_files_are_the_same_whoever_of_a_small_cell_had_difficulties(
    training: tuple[dict[str, AdditiveModel], pl.DataFrame],
) -> None:
    """Neither a sum, an information value nor an evidence changes with the outcomes of a small cell, in no file."""
    models, clients = training
    cells = cells_of(models, clients)
    groups = pool_near_copies(groups_of(models), cells)
    generator = np.random.default_rng(7)
    for kind, model in models.items():
        thin = [
            (position, cell)
            for position, term in enumerate(model.terms)
            for cell, count in enumerate(term.counts)
            if 0 < count < FEWEST_SHOWN and groups[kind][position] is not None
        ]
        assert thin
        for position, cell in thin[:4]:
            bad = generator.random(clients.height) < 0.083
            own = cells[kind][:, position]
            group = groups[kind][position]
            assert group is not None
            pooled = np.flatnonzero((np.asarray(group)[own] == group[cell]) & (own != cell))
            small = np.flatnonzero(own == cell)
            bad[small], bad[pooled[: len(small)]] = True, False
            swapped = bad.copy()
            swapped[small], swapped[pooled[: len(small)]] = False, True
            told = [
                statistics_of({kind: model}, {kind: cells[kind]}, outcomes)[kind].terms[position]
                for outcomes in (bad, swapped)
            ]
            assert told[0] == told[1]
            one_term = small_model(
                kind=kind,
                terms=(model.terms[position],),
                features={name: model.features[name] for name in model.terms[position].features},
                bag_intercepts=model.bag_intercepts,
                reference={"contributions": (0.0,), "clients": 1},
                provenance=model.provenance,
            )
            files = [
                [
                    write(
                        grid_of(one_term, ModelStatistics(clients=len(bad), defaulters=int(bad.sum()), terms=(one,))),
                        "en",
                    )
                    for form, (write, _) in FILES.items()
                    if form != "xlsx"
                ]
                for one in told
            ]
            assert files[0] == files[1]


def test_an_evaluation_of_before_is_protected_when_it_is_read(demo: Service) -> None:
    """Version 1 hid the small cell alone, and told the information value of every cell."""
    document = json.loads((demo.artefacts.folder / "evaluation.json").read_text(encoding="utf-8"))
    models = Reports(demo.artefacts).models
    groups = groups_of(models)
    published = Reports(demo.artefacts).published_evaluation["tables"]
    for kind, model in models.items():
        for position, term in enumerate(model.terms):
            told = published[kind]["terms"][position]
            group = groups[kind][position]
            pooled = [
                cell
                for cell, count in enumerate(term.counts)
                if count
                and (
                    group is None
                    or sum(bool(term.counts[other]) for other, one in enumerate(group) if one == group[cell]) > 1
                )
            ]
            assert all(told["defaulters"][cell] is None for cell in pooled)
            if document["version"] == 1 and any(0 < count < FEWEST_SHOWN for count in term.counts):
                assert told["iv"] != document["tables"][kind]["terms"][position]["iv"]


def test_the_information_of_groups_is_the_fields_definition() -> None:
    defaulters, iv = protected((0, 1, 1, 2), (40, 5, 60, 0), (4, 1, 5, 0), 10)
    assert defaulters == (4, None, None, None)
    good, bad = np.array([36, 59]) / 95, np.array([4, 6]) / 10
    assert iv == pytest.approx(float(((good - bad) * np.log(good / bad)).sum()))
    assert math.isclose(information_value([36, 59], [4, 6]), iv)


def test_what_is_not_known_is_the_rest_of_the_whole_or_nothing() -> None:
    assert protected((0, 1, 1), (40, 5, 60), (4, None, 5), 10) == protected((0, 1, 1), (40, 5, 60), (4, 1, 5), 10)
    shown, iv = protected((0, 0, 1, 1), (40, 5, 60, 5), (4, None, 5, None), 10)
    assert (shown, iv) == ((None,) * 4, None)
