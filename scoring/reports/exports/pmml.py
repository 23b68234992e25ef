"""An additive model as PMML 4.4: a Scorecard whose score is the log-odds, with reason codes.

The rule: the first attribute of a characteristic that holds is the client's cell, so that its bins need one bound
each; missing comes first and unseen last. A category that is handed over as ``''`` or as NaN is missing. A pair is one
characteristic, whose attributes are compound predicates.

The scorecard has neither bags nor a review band: it says log-odds, pd, points and reason codes, and decides nothing.
Source: Data Mining Group, *PMML 4.4.1*, Scorecard.
"""

from collections.abc import Iterator
from typing import Final
from xml.etree import ElementTree as Xml

from scoring.errors import InputError
from scoring.model.additive_model import AdditiveModel, CategoryAxis, NumberAxis, Term
from scoring.reports.exports.names import term_names

NAMESPACE: Final = "http://www.dmg.org/PMML-4_4"
MOST_REASONS: Final = 4
MISSING_MARKS: Final = frozenset({"", "NaN"})
"""What a missing category looks like where an engine is handed a row of pandas, or of a CSV, as texts."""
_SPACES: Final = "\t\n\r"


def pmml_of(model: AdditiveModel) -> str:
    """Write a model as a PMML document.

    Returns
    -------
    str
        XML whose outputs are ``log_odds``, ``pd`` = 1 / (1 + exp(-log_odds)), ``points``, and ``reason_1`` to
        ``reason_4``: the names of the terms that lie furthest above the reference, so weigh most against the client;
        where fewer lie above it, an engine may repeat the last or say nothing.

    Raises
    ------
    InputError
        When a category's code holds a character that XML cannot.
    """
    root = Xml.Element("PMML", {"xmlns": NAMESPACE, "version": "4.4"})
    header = Xml.SubElement(root, "Header", {"description": f"Additive model {model.model_version}"})
    Xml.SubElement(header, "Application", {"name": "Clairscore"})
    dictionary = Xml.SubElement(root, "DataDictionary", {"numberOfFields": str(len(model.features))})
    for name, facts in model.features.items():
        kind = ("continuous", "double") if facts.kind == "number" else ("categorical", "string")
        about = {"name": _checked(name), "optype": kind[0], "dataType": kind[1]}
        field = Xml.SubElement(dictionary, "DataField", about)
        if facts.kind != "number":
            for mark in sorted(MISSING_MARKS - _codes(model, name)):
                Xml.SubElement(field, "Value", {"value": mark, "property": "missing"})
    scorecard = Xml.SubElement(
        root,
        "Scorecard",
        {
            "modelName": model.model_version,
            "functionName": "regression",
            "algorithmName": model.kind,
            "initialScore": repr(model.intercept),
            "useReasonCodes": "true",
            "reasonCodeAlgorithm": "pointsAbove",
            "baselineMethod": "mean",
        },
    )
    schema = Xml.SubElement(scorecard, "MiningSchema")
    for name in model.features:
        # A value that no attribute names falls to the last one: unseen.
        Xml.SubElement(schema, "MiningField", {"name": name, "usageType": "active", "invalidValueTreatment": "asIs"})
    _outputs(Xml.SubElement(scorecard, "Output"), model)
    characteristics = Xml.SubElement(scorecard, "Characteristics")
    for term, name, usual in zip(model.terms, term_names(model), model.reference.contributions, strict=True):
        characteristics.append(_characteristic(term, name, usual))
    Xml.indent(root, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + Xml.tostring(root, encoding="unicode") + "\n"


def _codes(model: AdditiveModel, feature: str) -> set[str]:
    """The codes of a category that the model has a cell for."""
    return {
        code
        for term in model.terms
        for axis, name in zip(term.axes, term.features, strict=True)
        if name == feature and isinstance(axis, CategoryAxis)
        for level in axis.levels
        for code in level
    }


def _outputs(output: Xml.Element, model: AdditiveModel) -> None:
    scale = model.scale
    number = {"optype": "continuous", "dataType": "double"}
    Xml.SubElement(output, "OutputField", {"name": "log_odds", "feature": "predictedValue", **number})
    pd = Xml.SubElement(output, "OutputField", {"name": "pd", "feature": "transformedValue", **number})
    small = _apply("exp", _apply("*", _constant(-1.0), _field("log_odds")))
    pd.append(_apply("/", _constant(1.0), _apply("+", _constant(1.0), small)))
    points = Xml.SubElement(output, "OutputField", {"name": "points", "feature": "transformedValue", **number})
    shift = _apply("+", _field("log_odds"), _constant(-scale.log_odds(scale.base_points)))
    points.append(_apply("-", _constant(scale.base_points), _apply("*", _constant(scale.factor), shift)))
    for rank in range(1, min(MOST_REASONS, len(model.terms)) + 1):
        about = {"feature": "reasonCode", "rank": str(rank), "optype": "categorical", "dataType": "string"}
        Xml.SubElement(output, "OutputField", {"name": f"reason_{rank}", **about})


def _apply(function: str, *parts: Xml.Element) -> Xml.Element:
    apply = Xml.Element("Apply", {"function": function})
    apply.extend(parts)
    return apply


def _constant(value: float) -> Xml.Element:
    constant = Xml.Element("Constant", {"dataType": "double"})
    constant.text = repr(value)
    return constant


def _field(name: str) -> Xml.Element:
    return Xml.Element("FieldRef", {"field": name})


def _characteristic(term: Term, name: str, usual: float) -> Xml.Element:
    about = {"name": _checked(name), "reasonCode": name, "baselineScore": repr(usual)}
    characteristic = Xml.Element("Characteristic", about)
    for score, predicate in _attributes(term):
        Xml.SubElement(characteristic, "Attribute", {"partialScore": repr(score)}).append(predicate)
    return characteristic


def _attributes(term: Term) -> Iterator[tuple[float, Xml.Element]]:
    """The scores and predicates of a term's cells, in the order in which they are tried."""
    if len(term.axes) == 1:
        for cell, predicate in _cells(term.axes[0], term.features[0]):
            yield term.scores[cell], predicate
        return
    width = term.axes[1].cells
    for row, first in _cells(term.axes[0], term.features[0]):
        for column, second in _cells(term.axes[1], term.features[1]):
            yield term.scores[row * width + column], _both(first, second)


def _both(first: Xml.Element, second: Xml.Element) -> Xml.Element:
    if second.tag == "True":
        return first
    if first.tag == "True":
        return second
    both = Xml.Element("CompoundPredicate", {"booleanOperator": "and"})
    both.extend((first, second))
    return both


def _cells(axis: NumberAxis | CategoryAxis, feature: str) -> Iterator[tuple[int, Xml.Element]]:
    """The cells of an axis with a predicate each, of which the first that holds is meant."""
    yield 0, Xml.Element("SimplePredicate", {"field": feature, "operator": "isMissing"})
    if isinstance(axis, NumberAxis):
        for cell, edge in enumerate(axis.edges, start=1):
            yield cell, _simple(feature, "lessThan", repr(edge))
        yield len(axis.edges) + 1, Xml.Element("True")
        return
    for cell, level in enumerate(axis.levels, start=1):
        one_of = [_simple(feature, "equal", _checked(code)) for code in level]
        if len(one_of) == 1:
            yield cell, one_of[0]
        else:
            either = Xml.Element("CompoundPredicate", {"booleanOperator": "or"})
            either.extend(one_of)
            yield cell, either
    yield axis.cells - 1, Xml.Element("True")


def _simple(feature: str, operator: str, value: str) -> Xml.Element:
    return Xml.Element("SimplePredicate", {"field": feature, "operator": operator, "value": value})


def _checked(text: str) -> str:
    odd = [letter for letter in text if (letter < " " and letter not in _SPACES) or letter in "\ufffe\uffff"]
    if odd:
        raise InputError(f"A name or code must hold no character that XML forbids; got {text!r}. Rename it.")
    return text
