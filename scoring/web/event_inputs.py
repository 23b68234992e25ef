"""What each event of a page may send, derived from the page's own components.

The rule: strings, numbers, booleans, null, and flat lists of them, each as its component declares it. Gradio takes any
JSON, and whatever looks like its `FileData` names a file or an address that it then reads; nothing of that shape is a
value of a component that has a rule here, and a component without a rule is no input: building the page fails.
"""

import sys
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeGuard

import gradio as gr
from gradio.utils import get_type_hints

Check = Callable[[object], bool]
MOST_TEXT: Final = 20_000
"""Characters of a text; the pages say themselves where less is wanted."""
MOST_DETAILS: Final = 20
"""Entries of what an event tells about itself, and of a list in it: a click names a figure, a bar, its place."""
MOST_DETAIL: Final = 500


@dataclass(frozen=True)
class Event:
    """An event that a page declares.

    Attributes
    ----------
    checks : for each input, whether a value is one of its component's
    empty : for each input, what stands for a null: an empty field may be sent as one
    queued : whether it waits in the queue, rather than being answered at once
    detailed : whether its function reads what the event tells about itself (`gradio.EventData`)
    """

    checks: tuple[Check, ...]
    empty: tuple[str | None, ...]
    queued: bool
    detailed: bool

    def fault(self, data: list[object], details: object) -> str:
        """Where what was sent is not as declared; empty where all is."""
        if len(data) != len(self.checks):
            return "data"
        for at, (check, value) in enumerate(zip(self.checks, data, strict=True)):
            if not check(value):
                return f"data[{at}]"
        if self.detailed:
            return "" if details and _are_details(details) else "event_data"
        # Without details Gradio's script sends nothing, an empty mapping, or the value of the field that was changed.
        return "" if details is None or details == {} or is_text(details) else "event_data"


def events_of(blocks: gr.Blocks) -> dict[int, Event]:
    """The events of a page that the service answers, by their number.

    Raises
    ------
    TypeError
        When an event has an input that no rule here describes.
    """
    return {
        index: Event(
            checks=tuple(_check_of(one) for one in event.inputs),
            empty=tuple("" if _CHECKS[type(one)] is _of_text else None for one in event.inputs),
            queued=bool(event.queue),
            detailed=any(_is_details(hint) for hint in get_type_hints(event.fn).values()),
        )
        for index, event in blocks.fns.items()
        if event.fn is not None
    }


def is_text(value: object, most: int = MOST_TEXT) -> TypeGuard[str]:
    """Whether a value is a text, not too long, that can be written down."""
    if not isinstance(value, str) or len(value) > most:
        return False
    return value.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in value)


def _check_of(component: object) -> Check:
    found = _CHECKS.get(type(component))
    if found is None:
        raise TypeError(
            f"An input of a page's event must be one of {', '.join(sorted(one.__name__ for one in _CHECKS))}; got "
            f"{type(component).__name__}. Say in scoring/web/event_inputs.py which values it may have."
        )
    return found(component)


def _of_text(component: Any) -> Check:
    most = getattr(component, "max_length", None) or MOST_TEXT
    return lambda value: value is None or is_text(value, most)


def _of_slider(component: Any) -> Check:
    low, high = component.minimum, component.maximum
    return lambda value: _is_number(value) and low <= value <= high


def _of_checkbox(_component: Any) -> Check:
    return lambda value: isinstance(value, bool)


def _of_choice(component: Any) -> Check:
    """One of the choices that the page was built with: a page may offer fewer of them, never others.

    None only where the page was built with none chosen: what is chosen cannot be taken back in a page.
    """
    if getattr(component, "multiselect", False):
        return _of_choices(component)
    if getattr(component, "allow_custom_value", False):
        return lambda value: value is None or is_text(value, MOST_DETAIL)
    values, empty = _values_of(component), component.value is None
    return lambda value: _is_one_of(value, values) or (empty and value is None)


def _of_choices(component: Any) -> Check:
    values = _values_of(component)
    return lambda given: (
        isinstance(given, list) and len(given) <= len(values) and all(_is_one_of(value, values) for value in given)
    )


def _values_of(component: Any) -> frozenset[object]:
    return frozenset(value for _, value in component.choices)


def _is_one_of(value: object, values: Collection[object]) -> bool:
    return (isinstance(value, str) or _is_number(value)) and value in values


def _is_number(value: object) -> TypeGuard[int | float]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    # A whole number of JSON may have thousands of digits; `math.isfinite` and comparisons with fractions fail on those.
    return abs(value) <= sys.float_info.max


def _is_details(hint: object) -> bool:
    return isinstance(hint, type) and issubclass(hint, gr.EventData)


def _are_details(given: object) -> bool:
    """Whether something is a flat mapping of a few short values, or short lists of them."""
    return (
        isinstance(given, dict)
        and len(given) <= MOST_DETAILS
        and all(is_text(name, MOST_DETAIL) for name in given)
        and all(
            len(value) <= MOST_DETAILS and all(_is_detail(one) for one in value)
            if isinstance(value, list)
            else _is_detail(value)
            for value in given.values()
        )
    )


def _is_detail(value: object) -> bool:
    return value is None or isinstance(value, bool) or _is_number(value) or is_text(value, MOST_DETAIL)


_CHECKS: Final[Mapping[type, Callable[[Any], Check]]] = {
    gr.Textbox: _of_text,
    gr.HTML: _of_text,
    gr.Slider: _of_slider,
    gr.Checkbox: _of_checkbox,
    gr.Radio: _of_choice,
    gr.Dropdown: _of_choice,
    gr.CheckboxGroup: _of_choices,
}
