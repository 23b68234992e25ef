"""``python -m scoring receipt | verify | verify-page``: make a receipt, check one, write the page that does so."""

import base64
import hashlib
import json
from functools import cache
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from scoring.audit.reader import model_of, read_decision
from scoring.audit.receipts.checking import check, model_named, read_receipt
from scoring.audit.receipts.receipt import kept_payload, receipt_of, written
from scoring.audit.store.database import engine_of
from scoring.i18n import LANGUAGES, keys, text
from scoring.server.console import give
from scoring.settings import DEMO, read_settings

# One page that checks receipts offline: a file that fetches nothing, opened from a disk or from the service.

PREFIX = "receipt."


@cache
def page_html() -> str:
    """The whole page, in French and English."""
    folder = files("scoring.audit.receipts").joinpath("static")
    body, style, script = (
        folder.joinpath(f"verify.{end}").read_text(encoding="utf-8") for end in ("html", "css", "js")
    )
    texts = {lang: {key: text(lang, key) for key in keys(lang) if key.startswith(PREFIX)} for lang in LANGUAGES}
    told = json.dumps(texts, ensure_ascii=False).replace("<", "\\u003c")
    policy = (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    return (
        '<!doctype html><html lang="fr"><head><meta charset="utf-8">'
        f"<title>{escape(text('fr', 'receipt.title'))}</title>"
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
        f'<style>{style}</style></head><body>{body}<script type="application/json" id="texts">{told}</script>'
        f"<script>{script}</script></body></html>\n"
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
    told, raw = read_receipt(receipt)
    checks = check(told, raw, model_named(artefacts, told.model.digest))
    for one in checks:
        typer.echo(f"{'holds ' if one.holds else 'DIFFERS'} {SAYS[one.claim]}")
    if not all(one.holds for one in checks):
        raise typer.Exit(1)
    typer.echo(f"{told.decision_id}: {told.decision}, pd {told.pd!r}, exactly as {told.model.version} computes it.")


def verify_page(out: Out = None) -> None:
    """Write the page that checks receipts in a browser, without a network, in French and English."""
    give(page_html(), out)
