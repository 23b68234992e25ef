"""Future leakage: does any feature know what could not be known on the day of the application?

Three ways of asking: what is declared (names, dates that an expression compares), what single features reach, and what
happens when rows dated after the application are added to the history tables.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

import scoring.data.features
from scoring.data.features import DICTIONARY
from scoring.data.tables import TABLES, read_rows
from scoring.data.tables.column_types import ID_COLUMN
from scoring.errors import InputError
from scoring.i18n import Words
from scoring.model.statistics import Z_99, delong
from training.reporting.wording import Cell, bilingual, num
from training.validation.checks import Check, Table, flagged, joined
from training.validation.quick import evidence_of
from training.validation.subject import RawSample, Subject

# Rows of the future: each history table again, with its rows repeated after the day of the application.

DATED = {
    "bureau": "DAYS_CREDIT",
    "bureau_balance": "MONTHS_BALANCE",
    "previous_application": "DAYS_DECISION",
    "POS_CASH_balance": "MONTHS_BALANCE",
    "credit_card_balance": "MONTHS_BALANCE",
    "installments_payments": "DAYS_ENTRY_PAYMENT",
}
"""The column of each history table that says when a row was recorded."""
ALSO_DATED = {"installments_payments": ("DAYS_INSTALMENT",), "bureau": ("DAYS_CREDIT_UPDATE",)}
KEYS = {"bureau": "SK_ID_BUREAU", "previous_application": "SK_ID_PREV"}
OFFSET = 900_000_000
"""Added to a repeated row's own number, so that it is another credit."""


@dataclass(frozen=True)
class Appended:
    """A sample with rows of the future in one table.

    Attributes
    ----------
    rows : how many were added
    refused : whether reading a single file with such a row refuses it
    """

    table: str
    column: str
    rows: int
    sample: RawSample
    refused: bool


def append_future(sample: RawSample) -> Iterator[Appended]:
    """Repeat each history table's rows after the application, one table at a time."""
    for table, column in DATED.items():
        if table not in sample.frames or not sample.frames[table].height:
            continue
        rows = sample.frames[table]
        later = _later(rows, table)
        yield Appended(
            table=table,
            column=column,
            rows=later.height,
            sample=sample.changed(table, pl.concat([rows, later])),
            refused=_is_refused(sample, table, later.row(0, named=True)),
        )


def _later(rows: pl.DataFrame, table: str) -> pl.DataFrame:
    changes = [
        pl.lit(30 if name.startswith("DAYS") else 1).cast(rows.schema[name]).alias(name)
        for name in (DATED[table], *ALSO_DATED.get(table, ()))
    ]
    if table in KEYS:
        changes.append((pl.col(KEYS[table]) + OFFSET).alias(KEYS[table]))
    return rows.with_columns(changes)


def _is_refused(sample: RawSample, table: str, row: dict[str, object]) -> bool:
    owner = row.get(ID_COLUMN)
    history = {table: [row]}
    if table == "bureau_balance":
        credit = sample.frames["bureau"].filter(pl.col("SK_ID_BUREAU") == row["SK_ID_BUREAU"]).row(0, named=True)
        owner, history = credit[ID_COLUMN], {"bureau": [credit], table: [row]}
    application = sample.frames["application"].filter(pl.col(ID_COLUMN) == owner).row(0, named=True)
    published = {column.name for column in TABLES["application_test"].columns}
    try:
        read_rows({"application": [{k: v for k, v in application.items() if k in published}], **history})
    except InputError:
        return True
    return False


SINGLE_AUC = 0.75
"""No single fact known beforehand orders these clients so well (the best published single score is near 0.68)."""
FORBIDDEN = ("target", "sk_id", "outcome", "role", "label")
DATES = ("DAYS_", "MONTHS_")
OPEN_WINDOWS = {ast.Gt, ast.GtE}


def check_leakage(subject: Subject) -> list[Check]:
    """Declarations, single features, rows of the future."""
    return [_declared(subject), _single(subject), _future(subject)]


def future_windows(source: str) -> Iterator[tuple[int, str]]:
    """Lines of a source that compare a dated column with a day after the application, such as ``> 0``.

    >>> list(future_windows('late = nw.col("DAYS_DECISION") > 0'))
    [(1, 'DAYS_DECISION')]
    >>> list(future_windows('recent = nw.col("DAYS_DECISION") >= -365'))
    []
    """
    tree = ast.parse(source)
    named = {
        target.id: column
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and (column := _dated(node.value, {}))
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in OPEN_WINDOWS:
            column, bound = _dated(node.left, named), _constant(node.comparators[0])
            if column and bound is not None and bound >= 0:
                yield node.lineno, column


def _dated(node: ast.AST, named: Mapping[str, str]) -> str:
    if isinstance(node, ast.Name):
        return named.get(node.id, "")
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "col" and node.args:
        first = node.args[0]
        if isinstance(first, ast.Constant) and isinstance(first.value, str) and first.value.startswith(DATES):
            return first.value
    return ""


def _constant(node: ast.AST) -> float | None:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _constant(node.operand)
        return None if inner is None else -inner
    return float(node.value) if isinstance(node, ast.Constant) and isinstance(node.value, int | float) else None


def _declared(subject: Subject) -> Check:
    used = {name for model in subject.models.values() for name in model.features}
    inputs = used | {candidate.name for candidate in subject.matrix.candidates}
    strange = sorted(name for name in inputs if name not in DICTIONARY)
    sensitive = sorted(name for name in inputs if name in DICTIONARY and DICTIONARY[name].sensitive)
    named = sorted(name for name in inputs if any(part in name.lower() for part in FORBIDDEN))
    found = [
        f"{path.name}:{line} {column}"
        for path in sorted(Path(scoring.data.features.__file__).parent.glob("*.py"))
        for line, column in future_windows(path.read_text(encoding="utf-8"))
    ]
    bad = [*strange, *sensitive, *named, *found]
    return Check(
        id="honesty.leakage.declared",
        family="honesty",
        question=Words(
            "Une variable porte-t-elle l'issue, un identifiant ou une date d'après la demande ?",
            "Does a feature hold the outcome, an id or a date after the application?",
        ),
        finding=bilingual(
            "{n} variables d'entrée : {strange} hors dictionnaire, {sensitive} sensibles, {named} au nom suspect ; "
            "{found} comparaisons avec une date d'après la demande dans les déclarations.",
            "{n} input features: {strange} outside the dictionary, {sensitive} sensitive, {named} of a suspicious "
            "name; {found} comparisons with a date after the application in the declarations.",
            n=num(len(inputs)), strange=num(len(strange)), sensitive=num(len(sensitive)), named=num(len(named)),
            found=num(len(found)),
        ),
        figures={
            "inputs": len(inputs), "outside_dictionary": len(strange), "sensitive": len(sensitive),
            "suspicious_names": len(named), "future_windows": len(found), "target_among_inputs": "TARGET" in inputs,
        },
        bound=Words("Aucune.", "None."),
        verdict=flagged(fail=bad, warn=()),
        action=bilingual("Retirer : {names}.", "Remove: {names}.", names=joined(bad)),
        method=Words(
            "Lecture des déclarations (arbre syntaxique de scoring/data/features) et des entrées des modèles ; les dates "
            "prévues, comme la fin d'un crédit, sont connues le jour de la demande et permises.",
            "Reading of the declarations (syntax tree of scoring/data/features) and of the models' inputs; planned dates, "
            "such as a loan's end, are known on the day of the application and allowed.",
        ),
    )  # fmt: skip


def _auc_error(value: float, positives: int, negatives: int) -> float:
    """Standard error of an AUC (Hanley and McNeil)."""
    q1, q2 = value / (2 - value), 2 * value**2 / (1 + value)
    variance = value * (1 - value) + (positives - 1) * (q1 - value**2) + (negatives - 1) * (q2 - value**2)
    return float(np.sqrt(max(variance, 0.0) / (positives * negatives)))


def _single(subject: Subject) -> Check:
    """Each candidate alone, by the evidence that half of the clients gives the other half."""
    target, codes = subject.matrix.target, subject.codes
    half = np.random.default_rng([subject.seed, 41]).permutation(len(target)) % 2 == 0
    aucs: list[tuple[float, str]] = []
    ones = np.ones(len(target))
    for i, candidate in enumerate(subject.matrix.candidates):
        score = np.empty(len(target))
        for part in (half, ~half):
            table = evidence_of(codes[~part, i], ones[~part], (target[~part] == 1) * 1.0, subject.cuts.sizes[i])
            score[part] = table[codes[part, i]]
        aucs.append((float(np.mean([delong(target[p], score[p]).value for p in (half, ~half)])), candidate.name))
    aucs.sort(reverse=True)
    best, name = aucs[0]
    error = _auc_error(best, subject.matrix.positives, len(target) - subject.matrix.positives)
    above = [feature for value, feature in aucs if value > SINGLE_AUC]
    rows: list[tuple[Cell, ...]] = [(feature, num(value, 4)) for value, feature in aucs[:15]]
    return Check(
        id="honesty.leakage.single_features",
        family="honesty",
        question=Words(
            "Une variable, seule, est-elle trop bonne pour être honnête ?",
            "Is any feature, on its own, too good to be honest?",
        ),
        finding=bilingual(
            "La meilleure des {n} variables est {name} : AUC {best} ± {error}.",
            "The best of {n} features is {name}: AUC {best} ± {error}.",
            n=num(len(aucs)), name=name, best=num(best, 4), error=num(error, 4),
        ),
        figures={"features": len(aucs), "best": name, "best_auc": best, "standard_error": error, "above": len(above)},
        bound=bilingual("AUC d'au plus {bound}.", "AUC at most {bound}.", bound=num(SINGLE_AUC, 2)),
        verdict=flagged(fail=best - Z_99 * error > SINGLE_AUC, warn=above),
        action=bilingual(
            "Expliquer d'où vient : {names}. Une telle force vient souvent d'après l'issue.",
            "Explain where these come from: {names}. Such strength often comes from after the outcome.",
            names=joined(above or [name]),
        ),
        method=Words(
            "Poids d'évidence de chaque case appris sur une moitié des clients étiquetés, jugé sur l'autre.",
            "Weight of evidence of each bin learnt on one half of the labelled clients, judged on the other.",
        ),
        tables=(
            Table(
                Words("Les plus fortes", "The strongest"), (Words("variable", "feature"), Words("AUC", "AUC")),
                tuple(rows),
            ),
        ),
    )  # fmt: skip


def _future(subject: Subject) -> Check:
    names = [name for name in subject.portfolio.columns if name in DICTIONARY]
    before = subject.raw.features(names)
    results: list[tuple[Appended, list[str]]] = []
    for appended in append_future(subject.raw):
        after = appended.sample.features(names)
        results.append((appended, [name for name in names if not _same(before[name], after[name])]))
    moved = [(a, names) for a, names in results if names]
    refused = [a for a, _ in results if a.refused]
    open_doors = [(a, names) for a, names in moved if not a.refused]
    rows: list[tuple[Cell, ...]] = [
        (
            a.table, a.column, num(a.rows),
            Words("oui", "yes") if a.refused else Words("non", "no"), num(len(names)), joined(names, 3),
        )
        for a, names in results
    ]  # fmt: skip
    return Check(
        id="honesty.leakage.rows_of_the_future",
        family="honesty",
        question=Words(
            "Des lignes datées d'après la demande, si un fichier en contenait, changeraient-elles un score ?",
            "Would rows dated after the application, if a file held any, change a score?",
        ),
        finding=bilingual(
            "{n} tables essayées : la lecture d'un dossier unique les refuse dans {refused} ; dans une table entière, "
            "elles changeraient des variables dans {moved}.",
            "{n} tables tried: reading a single file refuses them in {refused}; in a whole table they would change "
            "features in {moved}.",
            n=num(len(results)), refused=num(len(refused)), moved=num(len(moved)),
        ),
        figures={
            "tables": len(results), "refused_on_reading_one": len(refused), "moved": len(moved),
            "moved_and_not_refused": len(open_doors), "clients": len(subject.raw.ids),
        },
        bound=Words(
            "Aucune variable changée, ou la ligne refusée à la lecture ; un avertissement où une table entière la "
            "laisserait passer.",
            "No feature changed, or the row refused when read; a warning where a whole table would let it through.",
        ),
        verdict=flagged(fail=open_doors, warn=moved),
        reason=Words(
            "Les tables publiées n'ont pas de telles lignes, et `check` compte celles qui sortent des bornes ; mais "
            "les variables, elles, ne les écartent pas.",
            "The published tables have no such rows, and `check` counts those out of range; but the features "
            "themselves do not put them aside.",
        ) if moved else None,
        action=bilingual(
            "Écarter les lignes d'après la demande dans le nettoyage de : {names}.",
            "Drop rows after the application in the cleaning of: {names}.",
            names=joined([a.table for a, _ in moved]),
        ),
        method=bilingual(
            "Propriété métamorphique sur {n} clients : pour chaque table, leurs lignes sont ajoutées une seconde fois, "
            "datées de 30 jours ou d'un mois après la demande ; toutes les variables sont recalculées.",
            "Metamorphic property on {n} clients: for each table, their rows are added a second time, dated 30 days or "
            "a month after the application; every feature is computed again.",
            n=num(len(subject.raw.ids)),
        ),
        tables=(
            Table(
                Words("Table par table", "Table by table"),
                (
                    Words("table", "table"), Words("date", "date"), Words("lignes ajoutées", "rows added"),
                    Words("refusée à la lecture", "refused when read"), Words("variables changées", "features changed"),
                    Words("dont", "such as"),
                ),
                tuple(rows),
            ),
        ),
    )  # fmt: skip


def _same(first: pl.Series, second: pl.Series) -> bool:
    return first.equals(second, null_equal=True)
