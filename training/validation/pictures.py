"""The pictures of the report, as SVG in each language, drawn by matplotlib in the product's colours."""

import io
from collections.abc import Callable, Mapping, Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from numpy.typing import NDArray

from scoring.i18n import Words
from scoring.model.arrays import Floats
from scoring.model.scale import pd_of_many
from scoring.model.statistics import wilson
from training.validation.checks import Picture

INK, MUTED, OUTLINE, BRAND = "#16202C", "#55616F", "#7B8794", "#123B5D"
SERIES: Mapping[str, str] = {"ebm": "#0B5C8A", "scorecard": "#D98E4F", "reference": "#7B8794"}
"""The colour of each model, apart for the three kinds of colour blindness."""
MARKS: Mapping[str, str] = {"ebm": "o", "scorecard": "s", "reference": "^"}
_STYLE = {
    "svg.fonttype": "none", "svg.hashsalt": "clairscore", "font.family": "sans-serif", "font.size": 9,
    "font.sans-serif": ["IBM Plex Sans", "DejaVu Sans"], "text.color": INK, "axes.labelcolor": MUTED,
    "xtick.color": MUTED, "ytick.color": INK, "axes.edgecolor": OUTLINE, "axes.titlesize": 10,
    "axes.titlelocation": "left", "axes.spines.top": False, "axes.spines.right": False, "legend.frameon": False,
}  # fmt: skip


def picture(alt: Words, size: tuple[float, float], draw: Callable[[Figure, str], None]) -> Picture:
    """Draw in both languages.

    Parameters
    ----------
    alt : what the picture shows, for those who can't see it
    size : inches
    draw : given a figure and a language
    """
    return Picture(alt, Words(_svg(size, draw, "fr"), _svg(size, draw, "en")))


def _svg(size: tuple[float, float], draw: Callable[[Figure, str], None], lang: str) -> str:
    with mpl.rc_context(_STYLE):  # type: ignore[arg-type]  # a dictionary of settings
        figure = Figure(figsize=size, layout="constrained")
        FigureCanvasSVG(figure)
        draw(figure, lang)
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    text = out.getvalue()
    return text[text.index("<svg") :]


def reliability_picture(target: NDArray[np.integer], log_odds: Floats, model: str) -> Picture:
    """Stated probability against observed rate in ten groups of equal size, with 95% intervals."""
    pd = pd_of_many(log_odds)
    groups = np.array_split(np.argsort(pd, kind="stable"), 10)
    stated = [float(pd[g].mean()) for g in groups]
    observed = [float(target[g].mean()) for g in groups]
    ends = [wilson(float(target[g].sum()), len(g)) for g in groups]

    def draw(figure: Figure, lang: str) -> None:
        axes = figure.subplots()
        top = 1.05 * max(*stated, *(end.high for end in ends))
        axes.plot([0, top], [0, top], color=OUTLINE, linewidth=1)
        for x, end in zip(stated, ends, strict=True):
            axes.plot([x, x], [end.low, end.high], color=SERIES["ebm"], linewidth=1)
        axes.plot(stated, observed, "o", color=SERIES["ebm"], markersize=5)
        _percent(axes, lang)
        axes.set(
            title={"fr": f"{model} : annoncé contre observé", "en": f"{model}: stated against observed"}[lang],
            xlabel={"fr": "probabilité annoncée", "en": "stated probability"}[lang],
            ylabel={"fr": "taux observé", "en": "observed rate"}[lang], xlim=(0, top), ylim=(0, top),
        )  # fmt: skip

    alt = Words(
        "Taux observé contre probabilité annoncée, en dix groupes, avec intervalles à 95 %.",
        "Observed rate against stated probability in ten groups, with 95% intervals.",
    )
    return picture(alt, (4.2, 3.6), draw)


def bars_picture(
    title: Words, alt: Words, labels: Sequence[Words], values: Sequence[float], *, line: float | None = None
) -> Picture:
    """Horizontal bars from zero, the first on top, with a line at a bound."""

    def draw(figure: Figure, lang: str) -> None:
        axes = figure.subplots()
        axes.barh([label.say(lang) for label in labels][::-1], list(values)[::-1], color=SERIES["ebm"], height=0.6)
        if line is not None:
            axes.axvline(line, color="#9C3A0F", linewidth=1)
        axes.set(title=title.say(lang))

    return picture(alt, (6.4, 0.6 + 0.28 * len(labels)), draw)


def lines_picture(
    title: Words, alt: Words, x_label: Words, y_label: Words, x: Sequence[float], series: Mapping[str, Sequence[float]]
) -> Picture:
    """Lines over the same x, labelled at their ends."""

    def draw(figure: Figure, lang: str) -> None:
        axes = figure.subplots()
        for i, (name, values) in enumerate(series.items()):
            colour = list(SERIES.values())[i % len(SERIES)]
            axes.plot(list(x), list(values), color=colour, marker="o", markersize=3)
            axes.annotate(name, (x[-1], values[-1]), xytext=(4, 0), textcoords="offset points", color=colour)
        axes.margins(x=0.18)
        axes.set(title=title.say(lang), xlabel=x_label.say(lang), ylabel=y_label.say(lang))

    return picture(alt, (5.6, 3.2), draw)


def _percent(axes: Axes, lang: str) -> None:
    written = {"fr": "{:.0f} %", "en": "{:.0f}%"}[lang]
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda value, _: written.format(100 * value))
