"""The use cases: what the API, the pages and the command line all call, so that they cannot differ."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl
from polars import selectors

from scoring.data.cleaning import clean
from scoring.data.features import DICTIONARY, Feature, Plan, build
from scoring.data.tables import HISTORY, TABLES, RawTables, read_rows
from scoring.data.tables.column_types import ID_COLUMN
from scoring.errors import ArtefactError, InputError, TableError
from scoring.explain.counterfactuals import (
    Changes,
    Client,
    LenderGrid,
    OfferMap,
    Offers,
    Request,
    Simulator,
    map_of,
    offers_of,
)
from scoring.explain.counterfactuals.grid import grid_of
from scoring.explain.reasons import Explainer, Explanation
from scoring.i18n import Said, shown
from scoring.model.additive_model import AdditiveModel, Lookup, Scored
from scoring.model.additive_model.lookup import Value
from scoring.model.artefacts import Artefacts
from scoring.model.decision import Decision, decide
from scoring.portfolio.clients import Portfolio
from scoring.portfolio.columns import Columns
from scoring.portfolio.peers import Peers
from scoring.settings import OFFER_STEP, UnknownHistory

_NOBODY = 1
"""Stands for the number of an application without one: any that its schema allows, for it joins the rows alone."""


@dataclass(frozen=True)
class Assessment:
    """All that is said of one client: the decision, why, and the facts it rests on.

    Attributes
    ----------
    client_id : the client's number, None for an application that is not in the portfolio
    facts : value of every feature known, the descriptive ones too
    missing : features of the model that we do not know (a value that is missing because there is no job, no car or no
        past loan is known)
    unknown_history : history tables that the model uses and that were not given; an empty one is given, and known
    """

    client_id: int | None
    facts: Mapping[str, Value]
    scored: Scored
    decision: Decision
    explanation: Explanation
    missing: tuple[str, ...]
    unknown_history: tuple[str, ...] = ()


@dataclass(frozen=True)
class Simulation:
    """What would be said of a client, were the request another one. It is no decision.

    Attributes
    ----------
    now, request : what is asked for, and what was simulated
    moved : the features that differ from the client's own, in the order of the facts
    within_grid : whether the lender's clients asked for such amounts and numbers of payments
    """

    assessment: Assessment
    now: Request
    request: Request
    moved: tuple[str, ...]
    within_grid: bool


class Service:
    """A model and its portfolio, ready to answer.

    Parameters
    ----------
    artefacts : what a training wrote
    offer_step : amounts that are offered are whole multiples of it
    unknown_history : what becomes of an application without a history table that the model uses
    """

    def __init__(
        self, artefacts: Artefacts, *, offer_step: int = OFFER_STEP, unknown_history: UnknownHistory = "review"
    ) -> None:
        self.artefacts = artefacts
        self.lookup = Lookup(artefacts.model)
        self._offer_step, self._refuses_unknown_history = offer_step, unknown_history == "refuse"
        check_dictionary(artefacts.model)
        self._explainer = Explainer(artefacts.model)

    @property
    def itself(self) -> "Service":
        """The very service: of something that stands for services that change, the one that is meant now."""
        return self

    @property
    def model(self) -> AdditiveModel:
        """The model that serves."""
        return self.artefacts.model

    @property
    def synthetic(self) -> bool:
        """Whether every client of the portfolio is synthetic."""
        return self.artefacts.champion.portfolio.synthetic

    @cached_property
    def _described(self) -> list[Feature]:
        """What one application is described by: the model's features, what they are made of, and the application's."""
        used = {need for name in self.model.features for need in (name, *DICTIONARY[name].needs)}
        return [feature for feature in DICTIONARY.values() if feature.name in used or feature.table == "application"]

    @cached_property
    def _plan(self) -> Plan:
        return Plan(self._described)

    @cached_property
    def portfolio(self) -> Portfolio:
        """The clients."""
        return Portfolio(self.artefacts.portfolio, self.model, [feature.name for feature in self._described])

    @cached_property
    def peers(self) -> Peers:
        """The groups that a client can be compared with."""
        return Peers(self.model, Columns(self.portfolio, self.lookup))

    def assess(self, client_id: int) -> Assessment:
        """Assess a client of the portfolio.

        Raises
        ------
        UnknownClientError
            When the portfolio holds no such client.
        """
        return self._assess(client_id, self.portfolio.features_of(client_id))

    def assess_application(
        self, application: Mapping[str, object], history: Mapping[str, Sequence[Mapping[str, object]]]
    ) -> Assessment:
        """Assess one raw application, with the rows of its history tables where there are any.

        The client's number may be left out; history rows without one are this client's.

        Raises
        ------
        InputError
            When the rows are not as their tables' schemas say, or are of another client.
        """
        client_id = application.get(ID_COLUMN)
        here = {ID_COLUMN: _NOBODY if client_id is None else client_id}
        rows = {name: [_of_client(name, here, row) for row in given] for name, given in history.items()}
        facts = self.features_of([{**application, **here}], rows).row(0, named=True)
        facts.pop(ID_COLUMN)
        unknown = self.unknown_history(history)
        return self._assess(client_id if isinstance(client_id, int) else None, facts, unknown)

    def unknown_history(self, named: Collection[str]) -> tuple[str, ...]:
        """History tables that the model uses and that are not among those named: what they hold is not known.

        Raises
        ------
        InputError
            When there are any, and the service refuses such applications.
        """
        used = {DICTIONARY[name].table for name in self.model.features}
        unknown = tuple(table for table in HISTORY if table in used and table not in named)
        if unknown and self._refuses_unknown_history:
            raise InputError(Said("problem.said.history-unknown", tables=", ".join(unknown)))
        return unknown

    def features_of(
        self,
        applications: Sequence[Mapping[str, object]],
        history: Mapping[str, Sequence[Mapping[str, object]]],
    ) -> pl.DataFrame:
        """The described features of several raw applications, one row each, in the order of their numbers.

        Raises
        ------
        InputError
            When the rows are not as their tables' schemas say, two applications have one number, or numbers are so
            large that a feature of theirs is none.
        """
        frame = self._plan(read_rows({**history, "application": applications}))
        endless = frame.select(selectors.float().is_infinite().any()).row(0, named=True)
        beyond = [name for name, is_endless in endless.items() if is_endless]
        if beyond:
            raise InputError(Said("problem.said.too-large", feature=beyond[0]))
        return frame

    def assess_tables(
        self, tables: RawTables, *, look: Callable[[pl.DataFrame], None] = lambda _: None
    ) -> Iterator[tuple[int, Assessment]]:
        """Assess every client of raw tables, in the order of their numbers; with each, how many there are in all.

        Parameters
        ----------
        look : called with the features of all clients before the first is assessed; it may raise

        Raises
        ------
        TableError
            When a history table that the model relies on is absent.
        """
        self.check_tables(tables)
        needed = [DICTIONARY[name] for name in self.model.features]
        frame = build(clean(tables), needed).collect("polars").to_native().sort(ID_COLUMN)
        look(frame)
        for row in frame.iter_rows(named=True):
            client_id = row.pop(ID_COLUMN)
            yield frame.height, self._assess(client_id, row)

    def check_tables(self, tables: RawTables) -> None:
        """Refuse tables that lack what the model relies on.

        Raises
        ------
        TableError
            When a history table that the model relies on is absent.
        """
        needed = [DICTIONARY[name] for name in self.model.features]
        lacking = sorted({feature.table for feature in needed} & set(tables.absent))
        if lacking:
            raise TableError(
                f"The tables must hold what the model was trained on; got no {', '.join(lacking)}. "
                "Add them, or train a model without them."
            )

    @cached_property
    def grid(self) -> LenderGrid:
        """What the lender can offer; nothing where the clients' file does not say what was asked for."""
        by, of = "contract_type", ("credit_amount", "credit_per_annuity")
        known = {by, *of} <= set(self.portfolio.features)
        return grid_of(self.portfolio.spans(by, of) if known else {}, self._offer_step)

    @cached_property
    def simulator(self) -> Simulator:
        """The serving model, ready to simulate requests."""
        return Simulator(self.lookup, [feature.name for feature in self._described])

    def simulate(self, assessment: Assessment, changes: Changes) -> Simulation:
        """Assess a client as if the request were another one.

        Raises
        ------
        InputError
            When a change is out of its bounds, or the client's file states no amount.
        """
        client = self._client(assessment)
        request = client.now.changed(changes)
        facts = client.facts_at(request)
        following = self.simulator.following.features
        return Simulation(
            assessment=self._assess(assessment.client_id, facts, assessment.unknown_history),
            now=client.now,
            request=request,
            moved=tuple(name for name in following if facts[name] != assessment.facts.get(name)),
            within_grid=self.grid.holds(str(facts.get("contract_type")), request.credit, request.payments),
        )

    def offers(self, assessment: Assessment) -> Offers:
        """What would change the decision on a client's request: exact over the lender's grid.

        Raises
        ------
        InputError
            When the client's file states no amount.
        """
        return offers_of(self._client(assessment), self.grid)

    def offer_map(self, assessment: Assessment, changes: Changes | None = None) -> OfferMap:
        """The decision for amounts × numbers of payments around a request.

        Raises
        ------
        InputError
            When a change is out of its bounds, or the client's file states no amount.
        """
        client = self._client(assessment)
        return map_of(client, client.now.changed(changes or Changes()), self.grid)

    def _client(self, assessment: Assessment) -> Client:
        return self.simulator.client(assessment.facts, assessment.scored)

    def _assess(
        self, client_id: int | None, facts: Mapping[str, Value], unknown_history: tuple[str, ...] = ()
    ) -> Assessment:
        scored = self.lookup.score(facts)
        decision = decide(self.model, scored, history_unknown=bool(unknown_history))
        return Assessment(
            client_id=client_id,
            facts=facts,
            scored=scored,
            decision=decision,
            explanation=self._explainer.explain(scored, facts),
            missing=self._explainer.unknown(facts),
            unknown_history=unknown_history,
        )


def _of_client(table: str, here: Mapping[str, object], row: Mapping[str, object]) -> dict[str, object]:
    """A history row with its client's number, which it may leave out but not contradict."""
    if table in TABLES and not any(column.name == ID_COLUMN for column in TABLES[table].columns):
        return dict(row)
    if row.get(ID_COLUMN, here[ID_COLUMN]) != here[ID_COLUMN]:
        raise InputError(
            Said("problem.said.other-client", table=table, client=here[ID_COLUMN], found=shown(row[ID_COLUMN]))
        )
    return {**row, **here}


def check_dictionary(model: AdditiveModel) -> None:
    """Refuse a model whose features this version of the product does not build."""
    unknown = [name for name in model.features if name not in DICTIONARY]
    if unknown:
        raise ArtefactError(
            f"A model's features must be in the dictionary of this version; these are not: {unknown}. Train again."
        )
    sensitive = [name for name in model.features if DICTIONARY[name].sensitive]
    if sensitive:
        raise ArtefactError(f"A model must use no sensitive feature; got {sensitive}. Train again without them.")
