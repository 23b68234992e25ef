"""What the API takes: who or what is to be decided on. Raw rows are described by the declared columns of their tables.

The rule: a row is checked by `scoring.data.tables` alone, which knows every column; the schema shown here is made of
the same declarations, so that it can't drift.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    FailFast,
    Field,
    RootModel,
    StrictInt,
    Tag,
    WithJsonSchema,
)
from pydantic_core import PydanticKnownError

from scoring.audit.batches import MOST_CHARACTERS
from scoring.data.tables import HISTORY, TABLES, Column
from scoring.data.tables.column_types import ID_COLUMN
from scoring.data.uploads.limits import MOST_COLUMNS
from scoring.explain.counterfactuals import Changes
from scoring.explain.counterfactuals.request import MOST, MOST_PAYMENTS, OTHER_DOCUMENTS

APPLICATION = "application_test"
_TYPES = {"int": "integer", "float": "number", "string": "string"}


def _sound(text: str) -> str:
    text.encode()  # half a pair of surrogates is no text, though JSON can write one
    return text


Text = Annotated[str, Field(strict=True, max_length=MOST_CHARACTERS), AfterValidator(_sound)]
Whole = Annotated[int, Field(strict=True, ge=-(2**63), lt=2**63)]
Cell = Text | Whole | Annotated[float, Field(strict=True, allow_inf_nan=False)] | None


def row_schema(table: str, *, may_lack: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The JSON Schema of one row of a table.

    Parameters
    ----------
    may_lack : columns that are never empty in the published tables, and may be left out all the same
    """
    columns = TABLES[table].columns
    return {
        "type": "object",
        "title": table,
        "properties": {column.name: _cell_schema(column) for column in columns},
        "required": [column.name for column in columns if not column.nullable and column.name not in may_lack],
        "additionalProperties": False,
    }


def _cell_schema(column: Column) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": [_TYPES[column.dtype], "null"] if column.nullable else _TYPES[column.dtype]}
    if column.codes:
        schema["examples"] = list(column.codes)
    bounds = {name: bound for name, bound in (("minimum", column.low), ("maximum", column.high)) if bound is not None}
    if column.specials:
        inside = {"type": schema["type"], **bounds}
        return {"anyOf": [inside, {"enum": list(column.specials)}], "description": column.kind.value}
    return {**schema, **bounds, "description": column.kind.value}


_MOST_TABLES = 2 * len(HISTORY)
_OF_CLIENT = frozenset({ID_COLUMN})
_HISTORY_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "description": "rows of the history tables; an empty list says that there is no such past; a table left out is "
    "unknown, and a person must look",
    "properties": {
        name: {"type": "array", "items": row_schema(name, may_lack=_OF_CLIENT), "default": []} for name in HISTORY
    },
    "additionalProperties": False,
}


def _at_most(most: int) -> BeforeValidator:
    """Refuse a mapping that holds more, before each of its values is found wrong: a fault takes a kilobyte."""

    def checked(given: Any) -> Any:
        if isinstance(given, dict) and len(given) > most:
            about = {"field_type": "Dictionary", "max_length": most, "actual_length": len(given)}
            raise PydanticKnownError("too_long", about)
        return given

    return BeforeValidator(checked)


Row = Annotated[dict[Text, Cell], _at_most(MOST_COLUMNS)]
ApplicationCells = Annotated[Row, WithJsonSchema(row_schema(APPLICATION, may_lack=_OF_CLIENT))]
HistoryRows = Annotated[
    dict[Text, Annotated[list[Row], FailFast()]], _at_most(_MOST_TABLES), WithJsonSchema(dict(_HISTORY_SCHEMA))
]
Amount = Annotated[float, Field(allow_inf_nan=False, le=MOST)]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ChangesBody(BaseModel):
    """What is to be changed in the request; whatever is left out stays as the client asked for it.

    Every feature that is computed from the request follows exactly, by its own expression. Facts that are no part of
    the request (income, job, history) can't be changed here: send the raw application instead.
    """

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, json_schema_extra={"examples": [{"amount": 300000}]}
    )
    amount: Annotated[Amount | None, Field(ge=1.0, description="what is to be financed, before a down payment")] = None
    payments: Annotated[
        float | None,
        Field(ge=1.0, le=MOST_PAYMENTS, multiple_of=1.0, description="number of monthly payments: credit / payment"),
    ] = None
    down_payment: Annotated[
        Amount | None, Field(ge=0.0, description="paid at once; the price of the goods stays, the credit falls")
    ] = None
    document_3: bool | None = None
    document_6: bool | None = None
    document_8: bool | None = None
    other_documents: Annotated[int | None, Field(ge=0, le=OTHER_DOCUMENTS)] = None

    def changes(self) -> Changes:
        """The same, for the service."""
        return Changes(**self.model_dump())


class KnownClient(_Request):
    """A client of the portfolio, as the file is or with another request."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"client_id": 100002}, {"client_id": 100002, "changes": {"amount": 300000, "payments": 24}}]
        }
    )
    client_id: StrictInt
    changes: ChangesBody = Field(default_factory=ChangesBody)


class RawApplication(_Request):
    """A raw application with the rows of its history tables; names of tables and columns are the raw schema's."""

    application: ApplicationCells
    history: HistoryRows = Field(default_factory=dict)


class ApplicationRow(RootModel[Row]):
    """A raw application alone: the row of the application table itself."""

    model_config = ConfigDict(
        json_schema_extra=lambda schema: schema.update(row_schema(APPLICATION, may_lack=_OF_CLIENT))
    )


def form_of(body: Any) -> str:
    """Which of the three forms a body has, as the validator calls it."""
    if isinstance(body, dict) and "client_id" in body:
        return "client"
    if isinstance(body, dict) and "application" in body:
        return "application"
    return "row"


PredictRequest = Annotated[
    Annotated[KnownClient, Tag("client")]
    | Annotated[RawApplication, Tag("application")]
    | Annotated[ApplicationRow, Tag("row")],
    Discriminator(form_of),
]
