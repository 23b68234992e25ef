"""Shapes: each model's own tables, around its mean, in points."""

import pytest

from scoring.model.additive_model import Lookup
from scoring.reports.folder import Reports
from scoring.reports.shapes import reach_of, shapes_of, steps_of, surfaces_of
from scoring.service import Service


@pytest.fixture(scope="module")
def reports(demo: Service) -> Reports:
    return Reports(demo.artefacts)


def test_shapes_are_centred_on_the_training_clients(reports: Reports) -> None:
    for by_kind in shapes_of(reports.models).values():
        for shape in by_kind.values():
            cells = [*shape.cells, shape.missing, *([shape.unseen] if shape.unseen else [])]
            total = sum(cell.clients for cell in cells)
            assert sum(cell.clients * cell.points for cell in cells) / total == pytest.approx(0.0, abs=1e-9)
            assert all(cell.low <= cell.high for cell in cells)


def test_differences_of_points_are_the_models(reports: Reports) -> None:
    """Two clients who differ in one feature differ by the shape's points."""
    for kind, model in reports.models.items():
        shapes = shapes_of(reports.models)
        name = next(name for name, by_kind in shapes.items() if kind in by_kind and by_kind[kind].is_number)
        shape, lookup = shapes[name][kind], Lookup(model)
        row = {feature: facts.usual for feature, facts in model.features.items()}
        steps = steps_of(shape, reach_of([shape]))
        (low, _, first), (_, high, last) = steps[0], steps[-1]
        paired = any(name in term.features for term in model.terms if len(term.features) == 2)
        apart = lookup.sum({**row, name: high}).log_odds - lookup.sum({**row, name: low}).log_odds
        if not paired:
            assert model.scale.points_of_change(apart) == pytest.approx(last.points - first.points)


def test_every_term_is_shown_once(reports: Reports) -> None:
    shapes = shapes_of(reports.models)
    for kind, model in reports.models.items():
        single = {term.features[0] for term in model.terms if len(term.features) == 1}
        assert {name for name, by_kind in shapes.items() if kind in by_kind} == single
        pairs = {"*".join(term.features) for term in model.terms if len(term.features) == 2}
        assert set(surfaces_of(model)) == pairs
