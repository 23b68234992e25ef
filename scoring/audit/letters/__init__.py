"""The letter that tells a client what was decided: the same content as a PDF and as plain text, in French and English.

The rule: every sentence is a text of `scoring/i18n`, filled with what was decided; nothing is said that the
decision, the dictionary or the lender's own settings do not say. A letter is given only of a decision that is recorded.
"""

import dataclasses
import json
import textwrap
import threading
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typst
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from scoring.audit.audited_decisions import Decided
from scoring.data.features import DICTIONARY, GROUPS, say
from scoring.errors import SettingsError
from scoring.explain.counterfactuals import Request
from scoring.explain.counterfactuals.request import request_of
from scoring.explain.counterfactuals.wording import payments_said
from scoring.explain.reasons import MOST_REASONS, Effect, Reason
from scoring.i18n import NO_BREAK_SPACE, Words, number, text
from scoring.i18n.dates import day, moment
from scoring.model.additive_model.lookup import Value, is_missing
from scoring.model.decision import HISTORY_UNKNOWN, OUTSIDE, UNCERTAIN, Outcome
from scoring.service import Assessment

# What the lender says of itself in its letters: name, address, whom to turn to, the bureau, advice on debt.

DEFAULT_FILE = Path(__file__).with_name("sender.toml")
Line = Annotated[str, Field(min_length=1, max_length=300)]


class Said(BaseModel):
    """A wording in both languages."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    fr: Line
    en: Line

    def say(self, lang: str) -> str:
        """The wording in one language, with its no-break spaces."""
        return Words(self.fr, self.en).say(lang)


class Sender(BaseModel):
    """The lender, as its letters speak of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: Line
    address: Annotated[tuple[Line, ...], Field(max_length=6)]
    contact: Said
    bureau: Said
    authority: Said
    advice: Annotated[tuple[Said, ...], Field(min_length=1, max_length=6)]


def read_sender(path: Path | None = None) -> Sender:
    """Read what the lender says of itself; what its file leaves out is as in `sender.toml`.

    Raises
    ------
    SettingsError
        When the file can't be read, is no TOML, or holds something else.
    """
    content = _read(DEFAULT_FILE)
    if path is not None:
        content |= _read(path)
    try:
        return Sender.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"])
        raise SettingsError(
            f"CLAIRSCORE_LETTER must name a file like scoring/audit/letters/sender.toml; got {path}, where "
            f"{where} is wrong: {first['msg']}. Correct it."
        ) from error


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(
            f"CLAIRSCORE_LETTER must name a readable TOML file; got {path}: {error}. Correct it, or leave it unset."
        ) from error


MOST_MISSING = 6
BUREAU_TABLES = frozenset({"bureau", "bureau_balance"})
EXTERNAL = ("ext_source_1", "ext_source_2", "ext_source_3")


@dataclass(frozen=True)
class ToldReason:
    """One reason: which way it counts, in a word, and the fact, in a sentence or two."""

    effect: Effect
    word: str
    text: str


@dataclass(frozen=True)
class Section:
    """A heading with sentences, items below them, and sentences that follow the items; a note ends it."""

    heading: str
    sentences: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Letter:
    """The whole letter.

    Attributes
    ----------
    decided_at : moment of the decision, ISO 8601, in UTC
    notice : that the client is synthetic; empty where the portfolio is real
    answer : sentences below the decision
    annex : what was used, after the signature
    footer : which decision this is, when it was made and by which model
    """

    lang: str
    client_id: int | None
    decision_id: str
    decided_at: str
    sender: str
    address: tuple[str, ...]
    notice: str
    recipient: str
    date: str
    title: str
    greeting: str
    request: str
    outcome: Outcome
    decision: str
    answer: tuple[str, ...]
    reasons_heading: str
    reasons_lead: str
    reasons: tuple[ToldReason, ...]
    sections: tuple[Section, ...]
    closing: str
    signed: str
    annex: Section
    footer: str


def letter_of(
    decided: Decided, sender: Sender, lang: str, *, synthetic: bool, requested: Request | None = None
) -> Letter:
    """Write the letter of a recorded decision.

    Parameters
    ----------
    asked : what the client first asked for, where the decision is about another request
    """
    assessment, decision = decided.assessment, decided.assessment.decision
    reasons = tuple(_told(reason, lang) for reason in principal(assessment))
    order = ("for_first" if decision.outcome == "accept" else "against_first") if reasons else "none"
    sections = [
        _missing(assessment, lang),
        _rights(sender, lang),
        _bureau(assessment, tuple(decided.model.features), sender, lang),
        Section(
            text(lang, "letter.advice"),
            (text(lang, "letter.advice.lead"),),
            tuple(advice.say(lang) for advice in sender.advice),
        ),
    ]
    return Letter(
        lang=lang,
        client_id=assessment.client_id,
        decision_id=decided.decision_id,
        decided_at=decided.at,
        sender=sender.name,
        address=sender.address,
        notice=text(lang, "letter.synthetic") if synthetic else "",
        recipient=text(lang, "letter.to", client=assessment.client_id),
        date=text(lang, "letter.date", date=day(decided.at, lang)),
        title=text(lang, "letter.title"),
        greeting=text(lang, "letter.greeting"),
        request=_request(assessment, requested, lang),
        outcome=decision.outcome,
        decision=text(lang, f"decision.client.{decision.outcome}"),
        answer=tuple(_answer(assessment, sender, lang)),
        reasons_heading=text(lang, "letter.reasons"),
        reasons_lead=text(lang, f"letter.reasons.{order}"),
        reasons=reasons,
        sections=tuple(section for section in sections if section is not None),
        closing=text(lang, "letter.closing"),
        signed=text(lang, "letter.signed"),
        annex=_used(tuple(decided.model.features), lang),
        footer=text(
            lang,
            "letter.footer",
            id=decided.decision_id,
            at=moment(decided.at, lang),
            version=decided.model.model_version,
        ),
    )


def principal(assessment: Assessment) -> tuple[Reason, ...]:
    """The reasons that a letter tells: at most four, none sensitive; those against come first where it is no approval.

    A refusal tells all four against, where there are as many; only what they leave free is told in favour.
    """
    explanation = assessment.explanation
    first, then = explanation.against, explanation.in_favour
    if assessment.decision.outcome == "accept":
        first, then = then, first
    elif assessment.decision.outcome == "review":
        first = first[: max(MOST_REASONS // 2, MOST_REASONS - len(then))]
    chosen = (*first, *then)[:MOST_REASONS]
    return tuple(reason for reason in chosen if not DICTIONARY[reason.feature].sensitive)


def _told(reason: Reason, lang: str) -> ToldReason:
    content = reason.fact(lang)
    if reason.effect == "against" and DICTIONARY[reason.feature].actionable:
        content = f"{content} {text(lang, 'letter.reason.can_change')}"
    return ToldReason(reason.effect, text(lang, f"letter.reason.{reason.effect}"), content)


def _request(assessment: Assessment, requested: Request | None, lang: str) -> str:
    about = request_of(assessment.facts)
    key = "letter.request" if requested is None else "letter.request.other"
    amount = number(about.credit, lang)
    if about.payments is None or about.annuity is None:
        return text(lang, f"{key}.amount", amount=amount)
    return text(
        lang, key, amount=amount, payments=payments_said(about.payments, lang), annuity=number(about.annuity, lang)
    )


def _answer(assessment: Assessment, sender: Sender, lang: str) -> Iterator[str]:
    decision = assessment.decision
    contact = {"contact": sender.contact.say(lang)} if decision.outcome == "accept" else {}
    yield text(lang, f"letter.decision.{decision.outcome}", **contact)
    points, threshold = number(decision.points, lang), number(decision.threshold_points, lang)
    yield text(lang, "letter.score", points=points, threshold=threshold)
    if UNCERTAIN in decision.review_because:
        low, high = number(decision.low_points, lang), number(decision.high_points, lang)
        sure = text(lang, "uncertainty.sentence", score=points, low=low, high=high)
        yield f"{sure} {text(lang, 'uncertainty.review', threshold=threshold)}"
    if OUTSIDE in decision.review_because:
        yield text(lang, "page.decision.outside")
    if HISTORY_UNKNOWN in decision.review_because:
        yield text(lang, "page.decision.history-unknown")


def _missing(assessment: Assessment, lang: str) -> Section | None:
    names = [DICTIONARY[name].label.say(lang) for name in assessment.missing if not DICTIONARY[name].sensitive]
    if not names:
        return None
    items = names[:MOST_MISSING]
    if len(names) > MOST_MISSING:
        items.append(text(lang, "letter.missing.more", count=len(names) - MOST_MISSING))
    return Section(text(lang, "letter.missing"), (text(lang, "letter.missing.lead"),), tuple(items))


def _rights(sender: Sender, lang: str) -> Section:
    how = text(lang, "letter.rights.how", contact=sender.contact.say(lang), authority=sender.authority.say(lang))
    return Section(
        text(lang, "letter.rights"),
        items=tuple(text(lang, f"letter.rights.{one}") for one in ("review", "explain", "correct", "copy")),
        after=(how,),
        note=text(lang, "letter.rights.law"),
    )


def _bureau(assessment: Assessment, features: Sequence[str], sender: Sender, lang: str) -> Section:
    known: list[tuple[str, Value]] = [
        (name, assessment.facts.get(name)) for name in EXTERNAL if not is_missing(assessment.facts.get(name))
    ]
    if known:
        scores = f"{NO_BREAK_SPACE}· ".join(say(DICTIONARY[name], value, lang) for name, value in known)
        first = text(lang, "letter.bureau.scores", bureau=sender.bureau.say(lang), count=len(known), scores=scores)
    else:
        first = text(lang, "letter.bureau.no_scores")
    sentences = [first]
    if any(DICTIONARY[name].table in BUREAU_TABLES for name in features):
        sentences.append(text(lang, "letter.bureau.file"))
    sentences.append(text(lang, "letter.bureau.rights"))
    return Section(text(lang, "letter.bureau"), tuple(sentences))


def _used(features: Sequence[str], lang: str) -> Section:
    groups = {
        group: [DICTIONARY[name].label.say(lang) for name in features if DICTIONARY[name].group == group]
        for group in GROUPS
    }
    colon = "\u00a0: " if lang == "fr" else ": "
    items = tuple(
        f"{GROUPS[group].say(lang)}{colon}{', '.join(_lower(label) for label in labels)}."
        for group, labels in groups.items()
        if labels
    )
    return Section(
        text(lang, "letter.used"),
        (text(lang, "letter.used.lead", count=len(features)),),
        items,
        note=text(lang, "letter.used.not"),
    )


def _lower(label: str) -> str:
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


# A letter as a PDF for the archive: PDF/A-2a and PDF/UA-1, tagged, in the reader's language, with our own fonts.

HERE = Path(__file__).parent
TEMPLATE = HERE / "letter.typ"
FONTS = HERE / "fonts"
_one_at_a_time = threading.Lock()


def pdf_of(letter: Letter) -> bytes:
    """Typeset a letter."""
    data = dataclasses.asdict(letter) | {"page": text(letter.lang, "letter.page", page="{page}", pages="{pages}")}
    with _one_at_a_time:  # the typesetter's cache is one for all threads
        made = typst.compile(
            str(TEMPLATE),
            root=str(HERE),
            font_paths=[str(FONTS)],
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"letter": json.dumps(data, ensure_ascii=False)},
            pdf_standards=["a-2a", "ua-1"],
            timestamp=int(datetime.fromisoformat(letter.decided_at).timestamp()),
        )
    return bytes(made)


# A letter as plain text, for a message or a reader's own tools; lines of at most 76 characters.

WIDTH = 76


def text_of(letter: Letter) -> str:
    """The whole letter, ended by one line feed."""
    return "\n".join(_lines(letter)) + "\n"


def _lines(letter: Letter) -> Iterator[str]:
    yield letter.sender
    yield from letter.address
    yield ""
    if letter.notice:
        yield from _wrapped(letter.notice)
        yield ""
    yield letter.recipient
    yield letter.date
    yield ""
    yield from _headed(letter.title)
    yield letter.greeting
    yield ""
    yield from _wrapped(letter.request)
    yield ""
    yield letter.decision.upper()
    yield ""
    for sentence in letter.answer:
        yield from _wrapped(sentence)
    yield ""
    yield from _headed(letter.reasons_heading)
    yield from _wrapped(letter.reasons_lead)
    for position, reason in enumerate(letter.reasons, start=1):
        yield from _wrapped(f"{reason.word}. {reason.text}", f"{position}. ")
    for section in letter.sections:
        yield from _section(section)
    yield ""
    yield from _wrapped(letter.closing)
    yield ""
    yield letter.signed
    yield letter.sender
    yield from _section(letter.annex)
    yield ""
    yield from _wrapped(letter.footer)


def _section(section: Section) -> Iterator[str]:
    yield ""
    yield from _headed(section.heading)
    for sentence in section.sentences:
        yield from _wrapped(sentence)
    for item in section.items:
        yield from _wrapped(item, "- ")
    for sentence in (*section.after, section.note):
        yield from _wrapped(sentence)


def _headed(heading: str) -> Iterator[str]:
    yield heading
    yield "=" * len(heading)


def _wrapped(sentence: str, begin: str = "") -> list[str]:
    # A no-break space is no place to break a line at; `textwrap` breaks at plain spaces alone.
    return textwrap.wrap(
        sentence,
        WIDTH,
        initial_indent=begin,
        subsequent_indent=" " * len(begin),
        break_long_words=False,
        break_on_hyphens=False,
    )
