"""An additive model as one SELECT over a table of features, for DuckDB, PostgreSQL or Spark.

The rule: the query is a tree of sqlglot expressions, never text put together, so that no name and no category code can
change what it does; and it adds in the order of the document, so that the log-odds are those of
`scoring.model.additive_model.Lookup` to the bit. NULL and NaN are the missing cell; a code of no level is the unseen
cell.

Each engine reads a number in its own way: DuckDB takes ``1.5`` for a DECIMAL and PostgreSQL even ``1.5e0``, so that
every number is written with an exponent, and cast where that is not enough.
"""

from collections.abc import Sequence
from functools import reduce
from typing import Literal

from sqlglot import exp

from scoring.data.tables.column_types import ID_COLUMN
from scoring.errors import InputError
from scoring.model.additive_model import AdditiveModel, CategoryAxis, NumberAxis, Term
from scoring.model.scale import log_odds_of
from scoring.reports.exports.names import term_names

Dialect = Literal["duckdb", "postgres", "spark"]
DIALECTS: tuple[Dialect, ...] = ("duckdb", "postgres", "spark")
LARGEST_EXPONENT = 700.0
"""exp(-700) is 1e-304: a probability that is as good as 0; PostgreSQL raises an error on what underflows."""


def sql_of(
    model: AdditiveModel,
    dialect: Dialect,
    *,
    table: str = "features",
    id_column: str = ID_COLUMN,
    decision: bool = True,
    pretty: bool = True,
) -> str:
    """Write a model as one SELECT.

    Parameters
    ----------
    table
        Name of a table or view that has a column for the client's number and one for each feature of the model; parts
        are separated by dots (``schema.table``), and each is quoted as it is written.
    id_column
        Name of the column with the client's number; it is the first column of the result.
    decision
        Whether ``spread`` (log-odds), ``outside`` and ``decision`` are computed too. They read every whole model of
        the ensemble, which makes the query several times longer.

    Returns
    -------
    str
        A query whose columns are the client's number, ``term_…`` (log-odds, one for each term), ``log_odds``, ``pd``
        (0 to 1), ``points``, and the three of `decision`.

    Raises
    ------
    InputError
        When the dialect is unknown, or the table's name has an empty part.
    """
    if dialect not in DIALECTS:
        raise InputError(f"The dialect must be one of {', '.join(DIALECTS)}; got {dialect!r}. Choose one of them.")
    query = _Query(model, dialect, id_column).build(_table(table), decision=decision)
    query.add_comments([f" {model.model_version}: log-odds = intercept + terms, in this order "])
    return query.sql(dialect=dialect, pretty=pretty) + "\n"


def _table(name: str) -> exp.Table:
    parts = name.split(".")
    if not all(parts) or len(parts) > 3:
        raise InputError(f"The table must be named as table, schema.table or catalog.schema.table; got {name!r}.")
    table, schema, catalog = (*reversed(parts), None, None)[:3]
    return exp.table_(table, db=schema, catalog=catalog, quoted=True)


def _name(name: str) -> exp.Identifier:
    return exp.to_identifier(name, quoted=True)


def _column(name: str) -> exp.Column:
    return exp.Column(this=_name(name))


def _as(expression: exp.Expr, name: str) -> exp.Alias:
    return exp.Alias(this=expression, alias=_name(name))


def _add(parts: Sequence[exp.Expr]) -> exp.Expr:
    """The sum from left to right: ``((a + b) + c)``, which is how every engine reads ``a + b + c``."""
    return reduce(lambda left, right: exp.Add(this=left, expression=right), parts)


def _case(branches: Sequence[tuple[exp.Expr, exp.Expr]], otherwise: exp.Expr) -> exp.Expr:
    if not branches:
        return otherwise
    return exp.Case(ifs=[exp.If(this=when, true=then) for when, then in branches], default=otherwise)


class _Query:
    """The parts of one query: each step is a named subquery that reads the one before."""

    def __init__(self, model: AdditiveModel, dialect: Dialect, id_column: str) -> None:
        self.model = model
        self.dialect = dialect
        self.id = id_column
        self.names = term_names(model)
        self.bags = len(model.bag_intercepts) if len(model.bag_intercepts) > 1 else 0

    def build(self, table: exp.Table, *, decision: bool) -> exp.Select:
        """The whole query."""
        terms: list[exp.Expr] = [_column(name) for name in self.names]
        values: list[exp.Expr] = [_as(self._value(name), name) for name in self.model.features]
        scored: list[exp.Expr] = [
            _as(self._contribution(term), name) for term, name in zip(self.model.terms, self.names, strict=True)
        ]
        summed = [*terms, _as(_add([self._number(self.model.intercept), *terms]), "log_odds")]
        small = exp.Exp(this=exp.Neg(this=self._least(exp.Abs(this=_column("log_odds")), LARGEST_EXPONENT)))
        exponent = [*terms, _column("log_odds"), _as(small, "small")]
        answers = [*terms, _column("log_odds"), _as(self._pd(), "pd"), _as(self._points(), "points")]
        last = [*terms, _column("log_odds"), _column("pd"), _column("points")]
        if decision:
            scored += [_as(self._cell(term), f"cell_{i}") for i, term in enumerate(self.model.terms, start=1)]
            scored.append(_as(self._outside(), "outside"))
            summed += [*self._bag_sums(), _column("outside")]
            exponent += [*self._bag_columns(), _as(self._mean(), "mean"), _column("outside")]
            answers += [_as(self._spread(), "spread"), _column("outside")]
            last += [_column("spread"), _column("outside"), _as(self._decision(), "decision")]
        steps = {"_values": values, "_scored": scored, "_summed": summed, "_small": exponent, "_answers": answers}
        source = table
        query = exp.Select()
        for step, columns in steps.items():
            select = self._select(columns, source)
            # PostgreSQL would copy each step's expressions into the next; the others drop what nobody asks for.
            query = query.with_(
                exp.to_identifier(step),
                as_=select,
                materialized=True if self.dialect == "postgres" else None,
                copy=False,
            )
            source = exp.table_(step)
        return query.select(_column(self.id), *last, copy=False).from_(source, copy=False)

    def _select(self, columns: Sequence[exp.Expr], source: exp.Table) -> exp.Select:
        return exp.select(_column(self.id), *columns, copy=False).from_(source, copy=False)

    def _number(self, value: float) -> exp.Expr:
        """A literal that the engine reads as this very double."""
        text = repr(abs(value))
        literal: exp.Expr = exp.Literal.number(text if "e" in text else f"{text}e0")
        if value < 0.0:
            literal = exp.Neg(this=literal)
        if self.dialect == "postgres":
            literal = exp.Cast(this=literal, to=exp.DataType.build("double"))
        return literal

    def _text(self, value: str) -> exp.Expr:
        # Spark replaces ${name} in the text of a query, in literals too.
        if self.dialect == "spark" and "${" in value:
            pieces = value.split("${")
            marks = [*(f"{piece}$" for piece in pieces[:-1]), pieces[-1]]
            texts = [exp.Literal.string(text if i == 0 else "{" + text) for i, text in enumerate(marks)]
            return exp.Anonymous(this="CONCAT", expressions=texts)
        return exp.Literal.string(value)

    def _value(self, feature: str) -> exp.Expr:
        if self.model.features[feature].kind == "category":
            return exp.Cast(this=_column(feature), to=exp.DataType.build("text"))
        double = exp.DataType.build("double")
        nan = exp.Cast(this=exp.Literal.string("NaN"), to=double)
        return exp.Nullif(this=exp.Cast(this=_column(feature), to=double.copy()), expression=nan)

    def _pick(self, axis: NumberAxis | CategoryAxis, feature: str, choices: Sequence[exp.Expr]) -> exp.Expr:
        """The choice of the cell that a feature's value lies in."""
        missing = (exp.Is(this=_column(feature), expression=exp.Null()), choices[0])
        if isinstance(axis, NumberAxis):
            below = [
                (exp.LT(this=_column(feature), expression=self._number(edge)), choice)
                for edge, choice in zip(axis.edges, choices[1:], strict=False)
            ]
            return _case([missing, *below], choices[len(axis.edges) + 1])
        levels = [
            (self._one_of(feature, level), choice) for level, choice in zip(axis.levels, choices[1:], strict=False)
        ]
        return _case([missing, *levels], choices[-1])

    def _one_of(self, feature: str, codes: Sequence[str]) -> exp.Expr:
        texts = [self._text(code) for code in codes]
        if len(texts) == 1:
            return exp.EQ(this=_column(feature), expression=texts[0])
        return exp.In(this=_column(feature), expressions=texts)

    def _contribution(self, term: Term) -> exp.Expr:
        scores = [self._number(score) for score in term.scores]
        if len(term.axes) == 1:
            return self._pick(term.axes[0], term.features[0], scores)
        width = term.axes[1].cells
        rows = [
            self._pick(term.axes[1], term.features[1], scores[row * width : (row + 1) * width])
            for row in range(term.axes[0].cells)
        ]
        return self._pick(term.axes[0], term.features[0], rows)

    def _cell(self, term: Term) -> exp.Expr:
        cells = [
            self._pick(axis, feature, [exp.Literal.number(cell) for cell in range(axis.cells)])
            for axis, feature in zip(term.axes, term.features, strict=True)
        ]
        if len(cells) == 1:
            return cells[0]
        width = exp.Literal.number(term.axes[1].cells)
        return exp.Add(this=exp.Mul(this=cells[0], expression=width), expression=cells[1])

    def _bag_sums(self) -> list[exp.Expr]:
        return [
            _as(
                _add(
                    [
                        self._number(self.model.bag_intercepts[bag]),
                        *(self._of_cell(f"cell_{i}", term.bags[bag]) for i, term in enumerate(self.model.terms, 1)),
                    ]
                ),
                f"bag_{bag + 1}",
            )
            for bag in range(self.bags)
        ]

    def _of_cell(self, cell: str, scores: Sequence[float]) -> exp.Expr:
        """A bag's score of a cell: an element of a constant array, four times as fast as a CASE of the cell."""
        position: exp.Expr = _column(cell)
        if self.dialect != "spark":  # the others count from 1
            position = exp.Add(this=position, expression=exp.Literal.number(1))
        scores_of_cells = exp.Array(expressions=[self._number(score) for score in scores])
        return exp.Bracket(this=scores_of_cells, expressions=[position], offset=0 if self.dialect == "spark" else 1)

    def _bag_columns(self) -> list[exp.Expr]:
        return [_column(f"bag_{bag + 1}") for bag in range(self.bags)]

    def _mean(self) -> exp.Expr:
        if not self.bags:
            return self._number(0.0)
        return exp.Div(this=exp.Paren(this=_add(self._bag_columns())), expression=self._number(float(self.bags)))

    def _spread(self) -> exp.Expr:
        """Standard deviation over the bags, with one less than their number below the line."""
        if not self.bags:
            return self._number(0.0)
        deviations = [exp.Paren(this=exp.Sub(this=bag, expression=_column("mean"))) for bag in self._bag_columns()]
        squares = _add([exp.Mul(this=one, expression=one.copy()) for one in deviations])
        return exp.Sqrt(this=exp.Div(this=exp.Paren(this=squares), expression=self._number(self.bags - 1.0)))

    def _outside(self) -> exp.Expr:
        """Whether any value lies outside what training saw; a missing one where no training client lacked it."""
        codes = {
            feature: [code for level in axis.levels for code in level]
            for term in self.model.terms
            for feature, axis in zip(term.features, term.axes, strict=True)
            if isinstance(axis, CategoryAxis)
        }
        tests: list[exp.Expr] = []
        for feature, facts in self.model.features.items():
            missing = exp.Is(this=_column(feature), expression=exp.Null())
            known = exp.Not(this=missing)
            if feature in self.model.always_known:
                tests.append(missing.copy())
            if facts.kind == "category":
                texts = [self._text(code) for code in codes[feature]]
                tests.append(exp.Not(this=exp.In(this=_column(feature), expressions=texts)) if texts else known)
            elif facts.low is None or facts.high is None:
                tests.append(known)
            else:
                tests.append(exp.LT(this=_column(feature), expression=self._number(facts.low)))
                tests.append(exp.GT(this=_column(feature), expression=self._number(facts.high)))
        either = reduce(lambda left, right: exp.Or(this=left, expression=right), tests)
        return exp.Coalesce(this=either, expressions=[exp.false()])

    def _least(self, value: exp.Expr, bound: float) -> exp.Expr:
        return exp.Anonymous(this="LEAST", expressions=[value, self._number(bound)])

    def _pd(self) -> exp.Expr:
        small, one = _column("small"), self._number(1.0)
        below = exp.Paren(this=exp.Add(this=one, expression=small))
        positive = exp.GTE(this=_column("log_odds"), expression=self._number(0.0))
        return _case(
            [(positive, exp.Div(this=one.copy(), expression=below))],
            exp.Div(this=small.copy(), expression=below.copy()),
        )

    def _points(self) -> exp.Expr:
        scale = self.model.scale
        # The same three numbers in the same order as `PointsScale.points`.
        shift = exp.Paren(
            this=exp.Add(this=_column("log_odds"), expression=self._number(-scale.log_odds(scale.base_points)))
        )
        times = exp.Mul(this=self._number(scale.factor), expression=shift)
        return exp.Sub(this=self._number(scale.base_points), expression=times)

    def _decision(self) -> exp.Expr:
        rule = self.model.rule
        distance = exp.Abs(this=exp.Sub(this=_column("log_odds"), expression=self._number(log_odds_of(rule.threshold))))
        band = exp.Mul(this=self._number(rule.review_k), expression=_column("spread"))
        review = exp.Or(this=exp.LT(this=distance, expression=band), expression=_column("outside"))
        declined = exp.GT(this=_column("pd"), expression=self._number(rule.threshold))
        return _case(
            [(review, exp.Literal.string("review")), (declined, exp.Literal.string("decline"))],
            exp.Literal.string("accept"),
        )
