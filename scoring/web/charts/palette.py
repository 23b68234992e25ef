"""Colours of charts, as names that the browser looks up: a figure is the same in light and in dark."""

GROUP = "var(--cs-outline)"
"""Everybody else: grey."""
CLIENT = "var(--cs-brand)"
"""The client, or whatever the picture is about."""
INK = "var(--cs-ink)"
MUTED = "var(--cs-muted)"
CARD = "var(--cs-card)"
LINE = "var(--cs-line)"
ACCEPT, REVIEW, DECLINE = "var(--cs-accept)", "var(--cs-review)", "var(--cs-decline)"
HUES = tuple(f"var(--cs-hue-{number})" for number in range(1, 7))
"""At most six series; beyond, say it otherwise."""
SCALE: list[list[float | str]] = [[step / 4, f"var(--cs-scale-{step})"] for step in range(5)]
"""One blue for sequences, from nearly nothing to most."""
