"""The three pictures of "do the explanations tell the truth?"."""

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure

from scoring.i18n import Words
from training.validation.agreement import Agreement
from training.validation.checks import MODELS, Picture
from training.validation.pictures import MARKS, MUTED, OUTLINE, SERIES, picture

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
            for kind, (true, told) in shape.items():
                panel.plot(true, told, marker=MARKS[kind], markersize=3, color=SERIES[kind], linewidth=1.2)
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
