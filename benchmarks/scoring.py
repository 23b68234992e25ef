"""One client and many clients in process, on the demo's artefacts."""

from collections.abc import Iterator

import polars as pl

from benchmarks.measure import Figure, median_seconds
from scoring.additive_model import Lookup, read_model
from scoring.artefacts import CHAMPION_FILE, PORTFOLIO_FILE, read_artefacts
from scoring.decision import decide
from scoring.reasons import explain
from scoring.service import Service
from scoring.settings import DEMO

MANY = 356_255


def figures() -> Iterator[Figure]:
    """Time loading, one client, one client in words, and many clients."""
    artefacts = read_artefacts(DEMO)
    model_file = DEMO / f"{artefacts.champion.serves}.json"
    yield Figure("load the artefact", median_seconds(lambda: read_model(model_file)) * 1e3, "ms", 50)
    yield Figure(
        f"read and check the folder of {CHAMPION_FILE}", median_seconds(lambda: read_artefacts(DEMO)) * 1e3, "ms"
    )

    lookup = Lookup(artefacts.model)
    clients = pl.read_parquet(DEMO / PORTFOLIO_FILE)
    row = clients.row(0, named=True)
    yield Figure("one client, score and contributions", median_seconds(lambda: lookup.score(row)) * 1e3, "ms", 0.05)

    def in_words() -> list[str]:
        scored = lookup.score(row)
        decide(artefacts.model, scored)
        return [reason.sentence("fr") for reason in explain(artefacts.model, scored, row).principal]

    yield Figure("one client, with reasons in words", median_seconds(in_words) * 1e3, "ms", 0.2)

    service = Service(artefacts)
    known = service.portfolio.examples()["accept"]
    yield Figure("one client of the portfolio, assessed", median_seconds(lambda: service.assess(known)) * 1e3, "ms")

    many = pl.concat([clients] * (MANY // clients.height + 1)).head(MANY).select(lookup.features).rechunk()
    seconds = median_seconds(lambda: lookup.score_many(many), rounds=3)
    yield Figure(f"{MANY:,} clients × {len(artefacts.model.terms)} terms, contributions", seconds, "s", 0.5)
