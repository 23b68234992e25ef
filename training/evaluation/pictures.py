"""The evaluation's pictures for reports: every cost at every threshold, reliability, the ratio of the costs.

The rule: a picture is drawn from the document of `training.evaluation.assess` alone, in either language, so that it
can be drawn again anywhere; lines differ by dash as well as by colour, so that it survives a black and white printer.
"""

import io
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from scoring.i18n.numbers import number, percent
from scoring.i18n.words import Words, check_language
from scoring.model.costs import CostMatrix, read_sweep
from training.evaluation.dictionary import CRITERIA

Form = Literal["png", "svg"]
INK, MUTED, LINE, PALE = "#16202C", "#55616F", "#7B8794", "#E3E7EB"
STYLES: Mapping[str, tuple[str, str | tuple[int, tuple[float, ...]]]] = {
    "scorecard": ("#0B5C8A", "solid"),
    "ebm": ("#9C3A0F", (0, (6, 2))),
    "reference": ("#55616F", (0, (1.5, 1.5))),
    "external": ("#B98A6A", (0, (6, 2, 1.5, 2))),
}
OTHER: tuple[str, str] = ("#7B8794", "solid")
NAMES: Mapping[str, Words] = {
    "scorecard": Words("Grille de score", "Scorecard"),
    "ebm": Words("EBM", "EBM"),
    "reference": Words("LightGBM (référence)", "LightGBM (reference)"),
    "external": Words("Scores externes seuls", "External scores alone"),
}
MARKS: Mapping[str, str] = {
    "business": "*", "theory": "D", "f1": "o", "f_beta": "s", "youden": "^", "accuracy": "v",
}  # fmt: skip
TOP_OF_THRESHOLDS = 0.5


def draw_costs(document: Mapping[str, Any], lang: str, form: Form = "png") -> bytes:
    """Cost per client against the threshold for each model, and where each criterion would put the champion's."""
    check_language(lang)
    wording, champion = document["assumptions"], document["champion"]
    costs = CostMatrix(fn=wording["cost_fn"], fp=wording["cost_fp"])
    figure, axes = _axes(lang)
    ends = []
    for name, part in document["models"].items():
        points = read_sweep(part["sweep"])
        curve = points.curve(costs)
        shown = curve.thresholds <= TOP_OF_THRESHOLDS
        ends.append(curve.costs[shown])
        _line(axes, name, lang, curve.thresholds[shown], curve.costs[shown], bold=name == champion)
    for name, row in document["models"][champion]["optima"].items():
        if name in MARKS:
            axes.plot(
                min(row["threshold"], TOP_OF_THRESHOLDS),
                row["cost"],
                MARKS[name],
                color=INK if name in {"business", "theory"} else "white",
                markeredgecolor=INK,
                markersize=12 if name == "business" else 8,
                zorder=5,
                label=_mark(name, row, lang),
            )
    axes.set_ylim(0.94 * min(one.min() for one in ends), 1.04 * max(one.max() for one in ends))
    axes.set_xlim(0.0, TOP_OF_THRESHOLDS)
    axes.xaxis.set_major_formatter(_percents(lang))
    axes.yaxis.set_major_formatter(_decimals(lang, 2))
    _say(
        axes,
        _costs_title(document, lang),
        Words("seuil : refuser au-delà de cette probabilité", "threshold: decline above this probability").say(lang),
        Words("coût par client", "cost per client").say(lang),
    )
    _legend(figure, axes)
    return _bytes(figure, form)


def draw_reliability(document: Mapping[str, Any], lang: str, form: Form = "png") -> bytes:
    """Observed rate against mean probability in deciles, with intervals, for the two glass boxes or all models."""
    check_language(lang)
    figure, axes = _axes(lang)
    shown = [name for name in ("scorecard", "ebm") if name in document["models"]] or list(document["models"])
    tops = []
    for name in shown:
        bins = document["models"][name]["calibration"]["reliability"]
        colour, _ = STYLES.get(name, OTHER)
        below = [o - low for o, low in zip(bins["observed"], bins["observed_low"], strict=True)]
        above = [high - o for o, high in zip(bins["observed"], bins["observed_high"], strict=True)]
        axes.errorbar(
            bins["mean_pd"],
            bins["observed"],
            yerr=[below, above],
            fmt="o" if name == "scorecard" else "s",
            color=colour,
            markerfacecolor=colour if name == "scorecard" else "white",
            markersize=6,
            capsize=3,
            linewidth=1.2,
            label=_name(name, lang),
        )
        tops += [*bins["mean_pd"], *bins["observed_high"]]
    top = 1.05 * max(tops)
    axes.plot([0.0, top], [0.0, top], color=LINE, linewidth=1, zorder=0)
    axes.set(xlim=(0.0, top), ylim=(0.0, top))
    axes.xaxis.set_major_formatter(_percents(lang))
    axes.yaxis.set_major_formatter(_percents(lang))
    _say(
        axes,
        _reliability_title(document, shown, lang),
        Words("probabilité prédite, moyenne du décile", "predicted probability, mean of the decile").say(lang),
        Words("taux observé (intervalle à 95 %)", "observed rate (95% interval)").say(lang),
    )
    _legend(figure, axes)
    return _bytes(figure, form)


def draw_ratios(document: Mapping[str, Any], lang: str, form: Form = "png") -> bytes:
    """Normalised cost of each model against the ratio of the costs, the champion's with its interval."""
    check_language(lang)
    figure, axes = _axes(lang)
    for name, part in document["models"].items():
        ratios = part["ratios"]
        _line(axes, name, lang, ratios["ratio"], ratios["cost_share"]["value"], bold=name == document["champion"])
    champion = document["models"][document["champion"]]["ratios"]
    colour, _ = STYLES.get(document["champion"], OTHER)
    axes.fill_between(
        champion["ratio"],
        champion["cost_share"]["low"],
        champion["cost_share"]["high"],
        color=colour,
        alpha=0.15,
        linewidth=0,
        label=Words("intervalle à 95 % du modèle retenu", "95% interval of the champion").say(lang),
    )
    axes.axhline(1.0, color=LINE, linewidth=1)
    used = document["assumptions"]["cost_fn"] / document["assumptions"]["cost_fp"]
    axes.axvline(used, color=LINE, linewidth=1, linestyle=(0, (2, 2)))
    axes.set_xlim(min(champion["ratio"]), max(champion["ratio"]))
    axes.xaxis.set_major_formatter(_decimals(lang, 0))
    axes.yaxis.set_major_formatter(_decimals(lang, 2))
    _say(
        axes,
        _ratios_title(document, lang),
        Words("coût d'un défaut accepté, en refus à tort", "cost of an accepted default, in wrong refusals").say(lang),
        Words("coût, en part du coût sans modèle", "cost, as a share of that without a model").say(lang),
    )
    _legend(figure, axes)
    return _bytes(figure, form)


def _costs_title(document: Mapping[str, Any], lang: str) -> str:
    """The finding: what the technical criterion that differs most costs."""
    optima = document["models"][document["champion"]]["optima"]
    technical = {name: row for name, row in optima.items() if name not in {"business", "theory"}}
    name, row = max(technical.items(), key=lambda item: float(item[1]["excess"]["value"]))
    return (
        Words(
            "Un seuil réglé sur « {name} » coûterait {extra} de plus pour 10 000 clients",
            "A threshold tuned for “{name}” would cost {extra} more for 10,000 clients",
        )
        .say(lang)
        .format(name=CRITERIA[name].say(lang), extra=number(row["excess_per_10000"]["value"], lang))
    )


def _reliability_title(document: Mapping[str, Any], shown: Sequence[str], lang: str) -> str:
    verdicts = [document["models"][name]["calibration"]["within_bounds"] for name in shown]
    if all(verdict is True for verdict in verdicts):
        return Words("Les probabilités disent vrai", "The probabilities mean what they say").say(lang)
    if any(verdict is False for verdict in verdicts):
        return Words("Les probabilités s'écartent des taux observés", "The probabilities leave the observed rates").say(
            lang
        )
    return Words("Trop peu de clients pour juger", "Too few clients to judge").say(lang)


def _ratios_title(document: Mapping[str, Any], lang: str) -> str:
    winners = document["ratio_winner"]
    clear = {name for name, sure in zip(winners["winner"], winners["clear"], strict=True) if sure}
    if not clear:
        return Words(
            "À aucun rapport de coûts un modèle ne l'emporte nettement",
            "At no ratio of the costs does a model win clearly",
        ).say(lang)
    if len(clear) == 1:
        count = sum(winners["clear"])
        text = Words(
            "{name} l'emporte nettement à {count} rapports sur {all}, l'autre à aucun",
            "{name} wins clearly at {count} ratios of {all}, the other at none",
        ).say(lang)
        return text.format(name=_name(next(iter(clear)), lang), count=count, all=len(winners["clear"]))
    return Words("Le gagnant dépend du rapport des coûts", "Who wins depends on the ratio of the costs").say(lang)


def _axes(lang: str) -> tuple[Figure, Axes]:
    # Not pyplot: it keeps figures, and chooses a screen.
    figure = Figure(figsize=(8.4, 5.2), layout="constrained", facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    axes.grid(axis="y", color=PALE, linewidth=0.8)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(LINE)
    axes.tick_params(colors=MUTED, labelsize=9, length=0)
    return figure, axes


def _line(axes: Axes, name: str, lang: str, x: Any, y: Any, *, bold: bool) -> None:
    colour, dash = STYLES.get(name, OTHER)
    axes.plot(x, y, color=colour, linestyle=dash, linewidth=2.4 if bold else 1.5, label=_name(name, lang))


def _say(axes: Axes, title: str, x: str, y: str) -> None:
    axes.set_title(title, loc="left", fontsize=12, color=INK, fontweight="bold", pad=12)
    axes.set_xlabel(x, color=MUTED, fontsize=10)
    axes.set_ylabel(y, color=MUTED, fontsize=10)


def _legend(figure: Figure, axes: Axes) -> None:
    figure.legend(
        *axes.get_legend_handles_labels(),
        loc="outside lower center",
        ncols=4,
        frameon=False,
        fontsize=9,
        labelcolor=INK,
    )


def _mark(name: str, row: Mapping[str, Any], lang: str) -> str:
    label = "Youden, KS" if name == "youden" else CRITERIA[name].say(lang)
    return (
        f"{label} : {percent(row['threshold'], lang, 1)}"
        if lang == "fr"
        else (f"{label}: {percent(row['threshold'], lang, 1)}")
    )


def _name(name: str, lang: str) -> str:
    return NAMES[name].say(lang) if name in NAMES else name


def _percents(lang: str) -> FuncFormatter:
    return FuncFormatter(lambda value, _: percent(value, lang))


def _decimals(lang: str, decimals: int) -> FuncFormatter:
    return FuncFormatter(lambda value, _: number(value, lang, decimals))


def _bytes(figure: Figure, form: Form) -> bytes:
    out = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": "clairscore", "svg.fonttype": "path"}):
        metadata = {"Software": None} if form == "png" else {"Date": None, "Creator": None}
        figure.savefig(out, format=form, dpi=160, metadata=metadata)
    return out.getvalue()
