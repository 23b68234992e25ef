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
from training.validation.agreement import Agreement
from training.validation.checks import MODELS, Picture

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


# The three pictures of "do the explanations tell the truth?".


NAMES: Mapping[str, str] = {**MODELS, "reference": "LightGBM + TreeSHAP"}
Pair = tuple[Sequence[float], Sequence[float]]


def precision_picture(found: Mapping[str, Agreement], floors: Mapping[str, tuple[float, float]]) -> Picture:
    """Precision at 3 of each explanation, with its interval and what chance gives."""

    def draw(figure: Figure, lang: str) -> None:
        axes = figure.subplots()
        for i, (kind, one) in enumerate(reversed(list(found.items()))):
            axes.barh(i, one.precision.value, color=SERIES[kind], height=0.55)
            axes.plot([one.precision.low, one.precision.high], [i, i], color="#16202C", linewidth=2)
            chance = floors[kind][0]
            axes.plot([chance, chance], [i - 0.35, i + 0.35], color="#9C3A0F", linewidth=2)
            axes.annotate(f"{100 * one.precision.value:.0f}", (0.01, i), va="center", color="#FFFFFF", weight="bold")
        axes.set_yticks(range(len(found)), [NAMES[kind] for kind in reversed(list(found))])
        axes.set(
            title={
                "fr": "Des trois raisons dites, combien sont parmi les trois vraies ? (trait rouge : hasard)",
                "en": "Of the three reasons told, how many are among the true three? (red mark: chance)",
            }[lang],
            xlim=(0, 1),
        )

    alt = Words(
        "Précision à 3 de chaque explication, avec intervalle à 95 % et niveau du hasard.",
        "Precision at 3 of each explanation, with its 95% interval and the level of chance.",
    )
    return picture(alt, (7.0, 0.9 + 0.4 * len(found)), draw)


def concepts_picture(labels: Sequence[Words], found: Mapping[str, Agreement], shown: Sequence[int]) -> Picture:
    """Correlation with the truth over clients, concept by concept, the weightiest concepts on top."""

    def draw(figure: Figure, lang: str) -> None:
        axes = figure.subplots()
        rows = range(len(shown) - 1, -1, -1)
        for kind, one in found.items():
            values = [one.concepts[i].correlation or 0.0 for i in shown]
            axes.plot(values, list(rows), MARKS[kind], color=SERIES[kind], markersize=7, label=NAMES[kind])
        axes.set_yticks(list(rows), [label.say(lang) for label in labels])
        axes.axvline(1.0, color=OUTLINE, linewidth=1)
        axes.grid(axis="y", color="#EEF1F4")
        axes.set(
            title={
                "fr": "Corrélation de la contribution dite avec la vraie",
                "en": "Correlation of the told contribution with the true one",
            }[lang],
            xlim=(min(0.0, *(one.concepts[i].correlation or 0.0 for one in found.values() for i in shown)), 1.03),
        )
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=3)

    alt = Words(
        "Corrélation, sur les clients, entre contribution dite et vraie, pour les notions qui pèsent le plus.",
        "Correlation over clients between told and true contribution, for the concepts that weigh most.",
    )
    return picture(alt, (7.0, 1.4 + 0.34 * len(shown)), draw)


def shapes_picture(labels: Sequence[Words], shapes: Sequence[Mapping[str, Pair]]) -> Picture:
    """Told against true contribution in ten groups of clients: on the diagonal, the shape is the true one."""

    def draw(figure: Figure, lang: str) -> None:
        panels = figure.subplots(2, 3, squeeze=False).ravel()
        for panel, label, shape in zip(panels, labels, shapes, strict=False):
            everything = [value for pair in shape.values() for side in pair for value in side]
            low, high = min(everything), max(everything)
            panel.plot([low, high], [low, high], color=OUTLINE, linewidth=1)
            for kind, (true, noted) in shape.items():
                panel.plot(true, noted, marker=MARKS[kind], markersize=3, color=SERIES[kind], linewidth=1.2)
            panel.set_title(label.say(lang))
            panel.tick_params(labelsize=7)
        for panel in panels[len(labels) :]:
            panel.set_axis_off()
        figure.supxlabel(
            {"fr": "contribution vraie (log-cotes)", "en": "true contribution (log-odds)"}[lang],
            color=MUTED,
            fontsize=9,
        )
        figure.supylabel({"fr": "contribution dite", "en": "told contribution"}[lang], color=MUTED, fontsize=9)

    alt = Words(
        "Contribution dite contre vraie, moyennes de dix groupes de clients, pour les six notions qui pèsent le plus : "
        "EBM en bleu, grille en orange, TreeSHAP en gris ; la droite est la vérité.",
        "Told against true contribution, means of ten groups of clients, for the six concepts that weigh most: EBM in "
        "blue, scorecard in orange, TreeSHAP in grey; the line is the truth.",
    )
    return picture(alt, (8.4, 5.0), draw)
