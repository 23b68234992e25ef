"""The study of refused loans as a short page, made of its figures; same figures, same bytes."""

from typing import Any

_ROWS = (("all", "all applicants"), ("granted", "whom the policy would grant"), ("refused", "whom it would refuse"))
_SIDES = (("granted", "granted loans"), ("all", "all loans"))


def page(document: dict[str, Any]) -> str:
    """Return the page, as Markdown."""
    groups, fitted, terms = document["groups"], document["fitted"], document["terms"]
    lines = [
        "# What refused loans would have taught",
        "",
        "*Ce que les crédits refusés auraient appris*",
        "",
        f"Outcomes are known of granted loans only. What that costs is measured on a synthetic portfolio of "
        f"{document['clients']:,} labelled",
        f"clients (seed {document['seed']}), of whom a past policy refuses {document['refused']:,}: their true risk is",
        "known here, as it never is of real ones. One scorecard is fitted on the loans that the policy granted "
        f"({fitted['granted']:,} clients,",
        f"{terms['granted']} variables), one on all ({fitted['all']:,} clients, {terms['all']} variables); both are "
        "judged by the true probabilities of",
        "clients that neither saw. Made by `python -m training refused --publish`.",
        "",
        "| applicants | fitted on | mean pd, predicted | mean pd, true | AUC | cost per client | … with the true pd |",
        "|---|---|---:|---:|---:|---:|---:|",
    ]
    for group, applicants in _ROWS:
        for side, name in _SIDES:
            found = groups[side][group]
            lines.append(
                f"| {applicants} ({found['clients']:,}) | {name} | {found['predicted']:.2%} | {found['true']:.2%} "
                f"| {found['auc']:.4f} | {found['cost']:.4f} | {found['least']:.4f} |"
            )
    lines += [
        "",
        "The AUC is the one expected of outcomes drawn with the true probabilities; the cost is expected likewise, at "
        "the threshold of the",
        "costs (10 for an accepted default, 1 for a declined client who would have paid).",
        "",
    ]
    return "\n".join(lines)
