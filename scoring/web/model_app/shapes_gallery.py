"""Every term of both models in small, on one scale of points, so that what matters is what is seen."""

from collections.abc import Mapping
from html import escape

from scoring.data.features import DICTIONARY
from scoring.i18n import number
from scoring.model.artefacts import Kind
from scoring.reports.shapes import Shape, Surface, reach_of, steps_of
from scoring.web.model_app.context import ModelContext
from scoring.web.model_app.parts import panel
from scoring.web.model_app.place import going
from scoring.web.model_app.shapes_picture import label_of

WIDTH, HEIGHT, SIDE = 150.0, 56.0, 14.0


def gallery_html(
    context: ModelContext, shapes: Mapping[str, Mapping[Kind, Shape]], surfaces: Mapping[str, Surface], here: str
) -> str:
    """A card for each feature, the heaviest first, then the pairs."""
    reach = max(
        (abs(cell.points) for by_kind in shapes.values() for shape in by_kind.values() for cell in shape.cells),
        default=1.0,
    )
    cards = [
        _card(context, name, DICTIONARY[name].label.say(context.lang), _weights(context, by_kind), here,
              _picture(by_kind, context.reports.serves, reach))
        for name, by_kind in shapes.items()
    ]  # fmt: skip
    cards += [
        _card(
            context, name, label_of(surface.features, context.lang), number(surface.weight, context.lang, 1), here, ""
        )
        for name, surface in surfaces.items()
    ]
    key = "".join(
        f'<span><i class="cs-mini-{"serving" if kind == context.reports.serves else "other"}"></i>'
        f"{escape(context.say(f'kind.{kind}'))}</span>"
        for kind in context.reports.models
    )
    return panel(
        context.say("shapes.all", terms=len(shapes) + len(surfaces)),
        f'<p class="cs-key">{key}</p><ul class="cs-minis">{"".join(cards)}</ul>',
        context.say("shapes.all.lead", reach=number(reach, context.lang)),
        "gallery",
    )


def _weights(context: ModelContext, by_kind: Mapping[Kind, Shape]) -> str:
    return " · ".join(number(shape.weight, context.lang, 1) for shape in by_kind.values())


def _card(context: ModelContext, name: str, label: str, weight: str, here: str, picture: str) -> str:
    current = ' aria-current="true"' if name == here else ""
    said = context.say("shapes.card", weight=weight)
    return (
        f"<li><a {going('shapes', None, term=name)}{current}><span>{escape(label)}</span>{picture}"
        f"<small>{escape(said)}</small></a></li>"
    )


def _picture(by_kind: Mapping[Kind, Shape], serves: Kind, reach: float) -> str:
    """Steps of each model's points; the missing bin as a dot at the right; decoration of the words beside it."""
    parts = []
    for kind, shape in sorted(by_kind.items(), key=lambda item: item[0] == serves):
        name = "serving" if kind == serves else "other"
        parts.append(f'<path class="cs-mini-{name}" d="{_path(shape, list(by_kind.values()), reach)}"/>')
        if shape.missing.clients:
            parts.append(
                f'<circle class="cs-mini-{name}" cx="{WIDTH - 5:.0f}" cy="{_height(shape.missing.points, reach):.1f}" r="2.5"/>'
            )
    middle = f"M0 {HEIGHT / 2:.0f}H{WIDTH:.0f}"
    return (
        f'<svg viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}" aria-hidden="true" focusable="false">'
        f'<path class="cs-mini-zero" d="{middle}"/>{"".join(parts)}</svg>'
    )


def _path(shape: Shape, shapes: list[Shape], reach: float) -> str:
    if shape.is_number:
        low, high = reach_of(shapes)
        steps = [(start, end, cell.points) for start, end, cell in steps_of(shape, (low, high))]
        return _steps(
            [((start - low) / (high - low), (end - low) / (high - low), points) for start, end, points in steps], reach
        )
    width = 1.0 / len(shape.cells)
    order = sorted(shape.cells, key=lambda cell: -cell.points)
    return _steps([(at * width, (at + 1) * width, cell.points) for at, cell in enumerate(order)], reach)


def _steps(steps: list[tuple[float, float, float]], reach: float) -> str:
    room = WIDTH - SIDE - 2
    return "".join(
        f"{'M' if place == 0 else 'L'}{2 + start * room:.1f} {_height(points, reach):.1f}H{2 + end * room:.1f}"
        for place, (start, end, points) in enumerate(steps)
    )


def _height(points: float, reach: float) -> float:
    return HEIGHT / 2 - (HEIGHT / 2 - 3) * max(-1.0, min(1.0, points / reach))
