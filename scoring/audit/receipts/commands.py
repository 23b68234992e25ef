"""``python -m scoring receipt | verify | verify-page``: make a receipt, check one, write the page that does so."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal, get_args

import typer
from markupsafe import Markup
from pydantic import ValidationError

from scoring.audit.reader import model_of, read_decision
from scoring.audit.receipts.receipt import FORMAT, VERSION, Receipt, digest_of, kept_payload, receipt_of, written
from scoring.audit.record import expanded
from scoring.audit.store.chain import BATCH, Link, commitment
from scoring.audit.store.database import engine_of
from scoring.errors import ArtefactError, ReceiptError
from scoring.explain.reasons import explain
from scoring.i18n import LANGUAGES, keys, text
from scoring.i18n.templates import renderer
from scoring.model.additive_model import AdditiveModel, Lookup, read_model
from scoring.model.decision import HISTORY_UNKNOWN, decide
from scoring.server.console import give
from scoring.settings import DEMO, read_settings

# A receipt checked against the model's file: nothing in it is believed that can be computed.

Claim = Literal[
    "digest", "model", "cells", "contributions", "sum", "probability", "decision", "reasons", "entry", "record"
]
CLAIMS: Final[tuple[Claim, ...]] = get_args(Claim)
SAME: Final = (
    *("client_id", "model", "values", "log_odds", "pd", "points", "threshold", "cost_fn", "cost_fp", "decision"),
    *("review_because", "reasons"),
)
"""What a receipt repeats of the journal's record."""


@dataclass(frozen=True)
class Check:
    """One claim of a receipt, and whether it holds."""

    claim: Claim
    holds: bool


def read_receipt(path: Path) -> tuple[Receipt, dict[str, Any]]:
    """Read a receipt: as declared, and as it was written.

    Raises
    ------
    ReceiptError
        When the file is missing, not JSON, or not a receipt.
    """
    try:
        raw = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise ReceiptError(f"A receipt must be readable JSON; got {path}: {error}. Ask for it again.") from error
    found = (raw.get("format"), raw.get("version")) if isinstance(raw, dict) else (None, None)
    if found != (FORMAT, VERSION):
        raise ReceiptError(
            f"A receipt must be of format {FORMAT!r}, version {VERSION}; got format {found[0]!r}, "
            f"version {found[1]!r}. Use the version of the product that made it."
        )
    try:
        return Receipt.model_validate(raw), raw
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"])
        raise ReceiptError(f"A receipt must be whole; got {path}, at {where}: {first['msg']}.") from error


def model_named(folder: Path, digest: str) -> AdditiveModel:
    """The model of a folder whose digest is the one that a receipt names.

    Raises
    ------
    ArtefactError
        When the folder holds none, or its file was changed.
    """
    if not folder.is_dir():
        raise ArtefactError(f"The artefacts must be in a folder; got {folder}. Name the folder that a training wrote.")
    refused = ""
    for path in sorted(folder.glob("*.json")):
        try:
            stated = json.loads(path.read_text(encoding="utf-8-sig")).get("digest")
            if stated == digest:
                return read_model(path)
        except (OSError, ValueError, AttributeError):
            continue
        except ArtefactError as error:
            refused = f" {error}"
    raise ArtefactError(
        f"The folder must hold the model that decided, {digest}; got none of that digest in {folder}.{refused} "
        "Name the folder of that training."
    )


def check(receipt: Receipt, raw: dict[str, Any], model: AdditiveModel) -> tuple[Check, ...]:
    """Compute again what a receipt claims, in the order of `CLAIMS`."""
    return tuple(Check(claim, holds) for claim, holds in _checked(receipt, raw, model))


def _checked(receipt: Receipt, raw: dict[str, Any], model: AdditiveModel) -> Iterator[tuple[Claim, bool]]:
    yield "digest", digest_of(raw) == receipt.digest
    whole = set(receipt.values) == set(model.features) and len(receipt.terms) == len(model.terms)
    yield "model", whole and receipt.model.digest == model.digest and receipt.model.version == model.model_version
    if not whole:
        for claim in CLAIMS[2:8]:
            yield claim, False
    else:
        yield from _recomputed(receipt, model)
    entry = receipt.entry
    link = Link(entry.seq, entry.at, entry.kind, entry.decision_id, entry.commitment, entry.previous)
    committed = entry.kind == BATCH or commitment(entry.salt, entry.recorded) == entry.commitment
    named = receipt.decision_id.partition(".")[0] == entry.decision_id and receipt.at == entry.at
    yield "entry", link.digest == entry.digest and committed and named
    yield "record", _as_recorded(receipt, raw, model)


def _recomputed(receipt: Receipt, model: AdditiveModel) -> Iterator[tuple[Claim, bool]]:
    try:
        scored = Lookup(model).score(receipt.values)
    except TypeError:  # a text where the model has a number
        for claim in CLAIMS[2:8]:
            yield claim, False
        return
    # What follows from the log-odds is computed from those that the receipt states: the sum is a claim of its own.
    unknown = HISTORY_UNKNOWN in receipt.review_because  # which is no value: the record alone says so
    decision = decide(model, replace(scored, log_odds=receipt.log_odds), history_unknown=unknown)
    explanation, rule = explain(model, scored, receipt.values), model.rule
    yield (
        "cells",
        tuple((term.features, term.cell) for term in receipt.terms)
        == tuple(zip((term.features for term in model.terms), scored.cells, strict=True)),
    )
    yield "contributions", tuple(term.contribution for term in receipt.terms) == scored.contributions
    total = receipt.intercept
    for term in receipt.terms:
        total += term.contribution
    yield "sum", receipt.intercept == model.intercept and total == receipt.log_odds
    yield "probability", (receipt.pd, receipt.points) == (decision.pd, decision.points)
    stated = (receipt.threshold, receipt.review_k, receipt.cost_fn, receipt.cost_fp, receipt.spread)
    holds = stated == (rule.threshold, rule.review_k, rule.cost_fn, rule.cost_fp, scored.spread)
    yield (
        "decision",
        holds and (receipt.decision, receipt.review_because) == (decision.outcome, decision.review_because),
    )
    yield (
        "reasons",
        [(one.feature, one.effect, one.points) for one in receipt.reasons]
        == [(one.feature, one.effect, one.points) for one in explanation.principal],
    )


def _as_recorded(receipt: Receipt, raw: dict[str, Any], model: AdditiveModel) -> bool:
    """Whether what the receipt says is what the journal's text says."""
    try:
        recorded = json.loads(receipt.entry.recorded)
        if receipt.entry.kind == BATCH:  # a row: what it shares with the others is the model's
            shared = {
                "features": list(model.features),
                "model": raw["model"],
                "threshold": model.rule.threshold,
                "cost_fn": model.rule.cost_fn,
                "cost_fp": model.rule.cost_fp,
            }
            recorded = expanded(shared, recorded)
        return all(recorded[name] == raw[name] for name in SAME)
    except (KeyError, TypeError, ValueError):
        return False


# One page that checks receipts offline: a file that fetches nothing, opened from a disk or from the service.

PREFIX = "receipt."


_FOLDER = Path(__file__).parent / "static"
_render = renderer(_FOLDER)


@cache
def page_html() -> str:
    """The whole page, in French and English."""
    style, script = ((_FOLDER / f"verify.{end}").read_text(encoding="utf-8") for end in ("css", "js"))
    policy = (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    return _render(
        "verify",
        "page",
        policy=policy,
        style=Markup(style),  # noqa: S704 - a file of ours
        script=Markup(script),  # noqa: S704
        texts={lang: {key: text(lang, key) for key in keys(lang) if key.startswith(PREFIX)} for lang in LANGUAGES},
    )


def _hash(inside: str) -> str:
    """What the policy knows a script or a style by."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()}'"


SAYS = {
    "digest": "the receipt is as it was written",
    "model": "the model is the one that it names",
    "cells": "each value is in its cell",
    "contributions": "each contribution is its cell's",
    "sum": "they add up to the log-odds, to the last digit",
    "probability": "probability and points follow",
    "decision": "the decision follows",
    "reasons": "the reasons follow",
    "entry": "the journal's entry commits to what was recorded",
    "record": "what was recorded says the same",
}
Out = Annotated[Path | None, typer.Option(dir_okay=False, help="File to write; by default the output.")]


def receipt(decision_id: Annotated[str, typer.Argument(help="The decision's id.")], out: Out = None) -> None:
    """Write a recorded decision's receipt: values, cells, contributions, digest. It holds personal data."""
    engine = engine_of(read_settings().journal_url)
    record = read_decision(engine, decision_id)
    payload = kept_payload(record)
    give(written(receipt_of(record, model_of(engine, payload["model"]["digest"]))), out)


def verify(
    receipt: Annotated[Path, typer.Argument(help="A receipt's JSON file.")],
    artefacts: Annotated[Path, typer.Option(help="Folder that holds the model that decided.")] = DEMO,
) -> None:
    """Compute a receipt again from the model's file; exit code 1 where it differs."""
    document, raw = read_receipt(receipt)
    checks = check(document, raw, model_named(artefacts, document.model.digest))
    for one in checks:
        typer.echo(f"{'holds ' if one.holds else 'DIFFERS'} {SAYS[one.claim]}")
    if not all(one.holds for one in checks):
        raise typer.Exit(1)
    typer.echo(
        f"{document.decision_id}: {document.decision}, pd {document.pd!r}, "
        f"exactly as {document.model.version} computes it."
    )


def verify_page(out: Out = None) -> None:
    """Write the page that checks receipts in a browser, without a network, in French and English."""
    give(page_html(), out)
