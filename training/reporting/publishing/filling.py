"""Templates and what fills them: ``{{ path | form }}`` for one value, ``{{ block name }}`` for a table or a sentence.

A path leads through the results' JSON (``evaluation.models.ebm.test.auc``); a form says how the value is written, in
the document's language: ``number 3``, ``percent 1``, ``signed 3``, ``interval 3``, ``scientific 1``, ``date``,
``text``. A block is a function that writes a part of the document from the results, such as a table. Anything that does
not lead to a value is an error, never an empty place.

>>> fill("AUC {{ a.auc | number 3 }}, {{ a.share | number 1 }}", {"a": {"auc": 0.7512, "share": 0.08}}, {}, "fr")
'AUC 0,751, 0,1'
"""

import math
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from scoring.errors import TrainingError
from scoring.i18n import number, percent

Results = Mapping[str, Any]
Block = Callable[[Results, str], str]
_PLACE = re.compile(r"\{\{\s*(.+?)\s*\}\}")
_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
    "décembre",
)  # fmt: skip


def fill(template: str, results: Results, blocks: Mapping[str, Block], lang: str) -> str:
    """Fill every place of a template.

    Raises
    ------
    TrainingError
        When a place leads to no result, or asks for a form or a block that there is none of.
    """

    def place(found: re.Match[str]) -> str:
        wording = found[1]
        if wording.startswith("block "):
            name = wording.removeprefix("block ").strip()
            if name not in blocks:
                raise TrainingError(f"A document's block must be one of {sorted(blocks)}; got {name!r}. Correct it.")
            return blocks[name](results, lang)
        path, _, form = (part.strip() for part in wording.partition("|"))
        return written(value_at(results, path), form or "text", lang)

    return _PLACE.sub(place, template)


def value_at(results: Results, path: str) -> Any:
    """The value that a path leads to.

    Raises
    ------
    TrainingError
        When it leads nowhere.
    """
    value: Any = results
    for step in path.split("."):
        if isinstance(value, Mapping) and step in value:
            value = value[step]
        elif isinstance(value, list | tuple) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            among = sorted(value) if isinstance(value, Mapping) else type(value).__name__
            raise TrainingError(
                f"A document's place must lead to a result; got {path!r}, and there is no {step!r} among {among}. "
                "Correct the template."
            )
    return value


def written(value: Any, form: str, lang: str) -> str:
    """A value in a form.

    Raises
    ------
    TrainingError
        When there is no such form, or the value has another kind.

    >>> written({"value": 0.5, "low": 0.25, "high": 0.75}, "interval 2", "en")
    '0.50 [0.25, 0.75]'
    >>> written("2026-11-24", "date", "fr")
    '24 novembre 2026'
    """
    kind, _, wording = form.partition(" ")
    if kind not in _FORMS:
        raise TrainingError(f"A document's form must be one of {', '.join(_FORMS)}; got {form!r}. Correct it.")
    try:
        return _FORMS[kind](value, int(wording or 0), lang)
    except (TypeError, KeyError, ValueError) as error:
        raise TrainingError(f"A document's value must fit the form {form!r}; got {value!r}. Correct it.") from error


def _signed(value: Any, decimals: int, lang: str) -> str:
    shown = number(_finite(value), lang, decimals)
    return f"+{shown}" if value > 0 else shown


def _interval(value: Any, decimals: int, lang: str) -> str:
    centre = value["value"] if "value" in value else value["mean"]
    between = "; " if lang == "fr" else ", "
    ends = between.join(number(_finite(value[end]), lang, decimals) for end in ("low", "high"))
    return f"{number(_finite(centre), lang, decimals)} [{ends}]"


def _scientific(value: Any, decimals: int, lang: str) -> str:
    return f"{_finite(value):.{decimals}e}".replace(".", "," if lang == "fr" else ".")


_FORMS: Mapping[str, Callable[[Any, int, str], str]] = {
    "number": lambda value, decimals, lang: number(_finite(value), lang, decimals),
    "percent": lambda value, decimals, lang: percent(_finite(value), lang, decimals),
    "signed": _signed,
    "interval": _interval,
    "scientific": _scientific,
    "date": lambda value, _, lang: _date(date.fromisoformat(str(value)[:10]), lang),
    "text": lambda value, _, __: str(value),
}


def table(heads: list[str], rows: list[list[str]], *, numbers_from: int = 1) -> str:
    """A Markdown table; columns from `numbers_from` on are numbers.

    >>> print(table(["model", "AUC"], [["EBM", "0.75"]]))
    | model | AUC |
    |---|---:|
    | EBM | 0.75 |
    """
    rules = ["---" if at < numbers_from else "---:" for at in range(len(heads))]
    lines = [heads, *rows]
    written_rows = ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]
    return "\n".join([written_rows[0], "|" + "|".join(rules) + "|", *written_rows[1:]])


def _finite(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(value)
    return float(value)


def _date(day: date, lang: str) -> str:
    if lang == "fr":
        first = "1er" if day.day == 1 else str(day.day)
        return f"{first} {_MONTHS[day.month - 1]} {day.year}"
    return f"{day.day} {day:%B} {day.year}"
