"""Why a field is not as documented, in the caller's language; the validator's own words are English and may echo."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from scoring.i18n import text

_MESSAGE_OF: Mapping[str, str] = MappingProxyType(
    {
        "missing": "missing",
        "extra_forbidden": "extra_forbidden",
        "int_type": "int",
        "int_parsing": "int",
        "int_parsing_size": "int",
        "int_from_float": "int",
        "float_type": "float",
        "float_parsing": "float",
        "finite_number": "finite",
        "string_type": "string",
        "bool_type": "bool",
        "bool_parsing": "bool",
        "dict_type": "object",
        "model_type": "object",
        "model_attributes_type": "object",
        "list_type": "list",
        "json_invalid": "json",
        "multiple_of": "int",
        "repeated": "repeated",
        "header_not_taken": "header_not_taken",
    }
)
_TAGS = frozenset({"client", "application", "row"})
"""Names that the validator gives to the forms of one body; they are no fields."""


def field_message(error: Mapping[str, Any], lang: str) -> str:
    """Say what was expected, never what was given."""
    kind, values = error["type"], error.get("ctx", {})
    if kind in ("literal_error", "enum"):
        return text(lang, "problem.field.among", expected=values["expected"].replace("'", "").replace(" or ", ", "))
    for bound, key in (("ge", "least"), ("gt", "least"), ("le", "most"), ("lt", "most")):
        if bound in values:
            return text(lang, f"problem.field.{key}", **{key: values[bound]})
    if "min_length" in values:
        return text(lang, "problem.field.short", least=values["min_length"])
    if "max_length" in values:
        return text(lang, "problem.field.long", most=values["max_length"])
    return text(lang, f"problem.field.{_MESSAGE_OF.get(kind, 'other')}")


def where(place: Sequence[Any]) -> str:
    """The place in the request, as a path of names: ``body.application.AMT_CREDIT``.

    >>> where(("body", "application", "application", "AMT_CREDIT")), where(("query", "lang"))
    ('body.application.AMT_CREDIT', 'query.lang')
    """
    steps = list(place)
    if len(steps) > 1 and steps[0] == "body" and steps[1] in _TAGS:
        del steps[1]
    return ".".join(str(step) for step in steps)
