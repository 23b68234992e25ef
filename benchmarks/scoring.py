"""One client and many clients in process: on the demo's artefacts, and beside the libraries on models of their own.

The rule: a ratio is taken in one run, of a library's model and of what that very model was compiled to, in one thread
each; the library is given the frame that it wants, made beforehand.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import polars as pl
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from benchmarks import fitted
from benchmarks.measure import Figure, median_seconds
from scoring.explain.reasons import explain
from scoring.model.additive_model import AdditiveModel, Lookup, read_model
from scoring.model.additive_model.lookup import Value
from scoring.model.artefacts import CHAMPION_FILE, PORTFOLIO_FILE, Artefacts, read_artefacts
from scoring.model.decision import decide
from scoring.service import Service
from scoring.settings import DEMO
from training.models.inputs import quiet

MOST_MS = 0.05
MOST_MS_IN_WORDS = 0.2
LEAST_OVER_INTERPRET = 50
LEAST_OVER_OPTBINNING = 100


def figures() -> Iterator[Figure]:
    """Time loading, one client, one client in words, and many clients; the libraries beside them."""
    artefacts = read_artefacts(DEMO)
    row = pl.read_parquet(DEMO / PORTFOLIO_FILE).row(0, named=True)
    for kind in artefacts.champion.models:
        yield from _one_model(kind, row)
    yield from _service(artefacts)
    yield from _interpret()
    yield from _optbinning()
    yield from _many()


def _ms(work: Callable[[], object]) -> float:
    return median_seconds(work) * 1e3


def _one_model(kind: str, row: dict[str, Value]) -> Iterator[Figure]:
    file = DEMO / f"{kind}.json"
    model = read_model(file)
    lookup = Lookup(model)
    name = f"demo's {kind}, {len(model.terms)} terms"
    yield Figure(f"{name}: load", _ms(lambda: read_model(file)), "ms", 50)
    yield Figure(f"{name}: one client, score and contributions", _ms(lambda: lookup.sum(row)), "ms", MOST_MS)
    yield Figure(f"{name}: one client, spread and range too", _ms(lambda: lookup.score(row)), "ms", MOST_MS)
    in_words = _ms(lambda: _in_words(model, lookup, row))
    yield Figure(f"{name}: one client, decided, with reasons in words", in_words, "ms", MOST_MS_IN_WORDS)


def _in_words(model: AdditiveModel, lookup: Lookup, row: dict[str, Value]) -> list[str]:
    scored = lookup.score(row)
    decide(model, scored)
    return [reason.sentence("fr") for reason in explain(model, scored, row).principal]


def _service(artefacts: Artefacts) -> Iterator[Figure]:
    yield Figure(f"read and check the folder of {CHAMPION_FILE}", _ms(lambda: read_artefacts(DEMO)), "ms")
    service = Service(artefacts)
    known = service.portfolio.examples()["accept"]
    yield Figure("one client of the portfolio, assessed", _ms(lambda: service.assess(known)), "ms")


@contextmanager
def _alone() -> Iterator[None]:
    """One thread for what a library computes with; its warnings, the same at each call, unsaid."""
    with ExitStack() as stack:
        stack.enter_context(threadpool_limits(limits=1))
        stack.enter_context(quiet())
        yield


def _interpret() -> Iterator[Figure]:
    twin = fitted.ebm()
    lookup, clients = Lookup(twin.compiled), fitted.training_clients().frame.head(1)
    row, frame, library = clients.row(0, named=True), fitted.for_library(twin, clients), twin.fitted.library
    with _alone():
        ours = _ms(lambda: lookup.sum(row))
        theirs = _ms(lambda: (library.predict_proba(frame), library.explain_local(frame)))
    name = f"EBM of {len(twin.compiled.terms)} terms, one client"
    yield Figure(f"{name}: score and contributions", ours, "ms", MOST_MS)
    yield Figure(f"{name}: interpret's predict_proba and explain_local", theirs, "ms")
    yield Figure(f"{name}: interpret's time over ours", theirs / ours, "1", LEAST_OVER_INTERPRET, at_least=True)


def _optbinning() -> Iterator[Figure]:
    twin = fitted.scorecard()
    lookup, clients = Lookup(twin.compiled), fitted.training_clients().frame.head(1)
    row, frame, library = clients.row(0, named=True), fitted.for_library(twin, clients), twin.fitted.library
    with _alone():
        ours = _ms(lambda: lookup.sum(row))
        score = _ms(lambda: library.score(frame))
        probability = _ms(lambda: library.predict_proba(frame))
    name = f"scorecard of {len(twin.compiled.terms)} terms, one client"
    yield Figure(f"{name}: score and contributions", ours, "ms", MOST_MS)
    yield Figure(f"{name}: optbinning's score", score, "ms")
    yield Figure(f"{name}: optbinning's predict_proba", probability, "ms")
    yield Figure(f"{name}: optbinning's score over ours", score / ours, "1", LEAST_OVER_OPTBINNING, at_least=True)
    yield Figure(f"{name}: optbinning's predict_proba over ours", probability / ours, "1")


def _many() -> Iterator[Figure]:
    twin = fitted.ebm(fitted.TERMS)
    lookup, library = Lookup(twin.compiled), twin.fitted.library
    clients = fitted.many_clients(twin)
    frame = fitted.for_library(twin, clients)
    with _alone():
        ours = median_seconds(lambda: lookup.sum_many(clients))
        theirs = median_seconds(lambda: library.eval_terms(frame))
        decided = median_seconds(lambda: lookup.score_many(clients), rounds=3)
    name = f"{fitted.MANY:,} clients × {fitted.TERMS} terms"
    yield Figure(f"{name}: scores and contributions", ours, "s", 0.5)
    yield Figure(f"{name}: interpret's eval_terms", theirs, "s")
    yield Figure(f"{name}: our time over eval_terms'", ours / theirs, "1", 1.0)
    bags = len(twin.compiled.bag_intercepts)
    yield Figure(f"{name}: spread over {bags} whole models and range too", decided, "s")
