"""What the service and the process that writes say to each other arrives whole, however it was cut on the way."""

from hypothesis import given
from hypothesis import strategies as st

from scoring.audit.store.entries import Entry, Found, Model, Salted, Written
from scoring.audit.store.writer_frames import Frames, frame, heard_answers, heard_entries, said_answers, said_entries
from scoring.errors import JournalError

MESSAGES = st.lists(st.dictionaries(st.text(), st.integers(0, 9) | st.text()), max_size=5)


@given(MESSAGES, st.lists(st.integers(1, 40), min_size=1))
def test_messages_are_put_together_again(messages: list[dict], sizes: list[int]) -> None:
    sent = b"".join(map(frame, messages))
    frames, heard, at = Frames(), [], 0
    while at < len(sent):
        size = sizes[at % len(sizes)]
        heard += list(frames.take(sent[at : at + size]))
        at += size
    assert heard == messages


def over_the_wire(message: object) -> object:
    [heard] = Frames().take(frame(message))
    return heard


def test_an_entry_arrives_as_it_was() -> None:
    sent = Entry(
        "batch",
        "an id",
        '{"a":"é"}',
        Found(1, "nightly", "scorecard-1", None),
        Model("sha256:1", lambda: "document"),
        [Salted(7, "00ff", "[7]")],
        3,
    )
    [heard] = heard_entries(over_the_wire(said_entries([sent])), {"sha256:1": "document"})  # type: ignore[arg-type]
    assert heard.model is not None
    assert heard.model.document() == "document"
    assert (heard.kind, heard.entry_id, heard.text, heard.found) == (sent.kind, sent.entry_id, sent.text, sent.found)
    assert (heard.rows, heard.first) == (sent.rows, 3)


def test_answers_arrive_and_a_failure_is_one() -> None:
    written, failure = Written(1, "2026", "aa", "00"), JournalError("it is full")
    heard = heard_answers(over_the_wire(said_answers([written, failure])))  # type: ignore[arg-type]
    assert heard[0] == written
    assert isinstance(heard[1], JournalError)
    assert str(heard[1]) == "it is full"
