"""A decision that is asked for twice with one key is made once, and given twice.

The rule: what is given again is made from the record alone, by the model that decided, so that it is the first decision
whatever was trained or changed since.
"""

from collections.abc import Mapping

from sqlalchemy import Connection

from scoring.audit.audited_decisions import Decided, Recorder, decision_payload
from scoring.audit.idempotency_keys import Key, RepeatedError, claim
from scoring.audit.reader import model_of
from scoring.audit.record import UNKNOWN_HISTORY, remade
from scoring.audit.store.chain import DECISION
from scoring.audit.store.decision_ids import new_id
from scoring.errors import ErasedError
from scoring.explain.reasons import is_unknown
from scoring.i18n import Said
from scoring.model.additive_model import Lookup
from scoring.model.additive_model.lookup import Value
from scoring.server.identity import Identity
from scoring.service import Assessment


def decide_once(
    recorder: Recorder,
    key: Key,
    assessment: Assessment,
    *,
    who: Identity,
    source: str,
    purpose: str = "",
    inputs: str = "",
    changes: Mapping[str, Value] | None = None,
) -> Decided:
    """Record a decision under a key; where the key stands for this very request already, give the first one.

    Raises
    ------
    KeyReusedError
        When the key stands for another request.
    ErasedError
        When what it stood for was erased.
    JournalError
        When the decision can't be recorded.
    """
    service, entry_id = recorder.service.itself, new_id()
    payload = decision_payload(service, assessment, who, source, purpose, inputs, changes)

    def claimed(connection: Connection) -> None:
        claim(connection, key, entry_id)

    try:
        written = recorder.journal.record(
            DECISION, payload, model=service.model, entry_id=entry_id, inside=claimed
        ).wait()
    except RepeatedError as before:
        return decided_before(recorder, before.entry_id)
    return Decided(entry_id, written.link.at, assessment, service.model)


def decided_before(recorder: Recorder, decision_id: str) -> Decided:
    """A recorded decision, made again from its record to be given again.

    Raises
    ------
    ErasedError
        When its values were erased.
    JournalError
        When the journal does not answer.
    """
    record, serving = recorder.read(decision_id), recorder.service.model
    if record.payload is None:
        raise ErasedError(Said("problem.said.erased"))
    digest = record.payload["model"]["digest"]
    model = serving if digest == serving.digest else model_of(recorder.journal.engine, digest)
    made = remade(model, record.payload)
    assessment = Assessment(
        client_id=record.payload["client_id"],
        facts=made.values,
        scored=Lookup(model).score(made.values),
        decision=made.decision,
        explanation=made.explanation,
        missing=tuple(name for name in model.features if is_unknown(name, made.values[name])),
        unknown_history=tuple(record.payload.get(UNKNOWN_HISTORY, ())),
    )
    return Decided(decision_id, record.link.at, assessment, model)
