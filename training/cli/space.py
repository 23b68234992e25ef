"""``python -m training space`` and ``push``: the folder of a Space, its trial run, its push.

The rule: what goes out was built and checked in the same command; nothing is pushed that was lying about.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.table import Table

from scoring.files import file_aside
from training.deploy import hub, trial
from training.deploy.environment import megabytes
from training.deploy.folder import Plan, build
from training.deploy.hub import Pushed
from training.deploy.preflight import check
from training.deploy.trial import Trial, try_out
from training.parallel import Notice

OUT = Path("data/work/space")
BUILT = 1


def steps(*, run: bool) -> int:
    """How many notices `build_space` gives."""
    return BUILT + (trial.STEPS if run else 0)


def build_space(
    plan: Plan, out: Path, *, run: bool, port: int, report: Path | None, notice: Notice = lambda _: None
) -> tuple[list[str], str, Trial | None]:
    """Build and check the folder, and try it where asked; return notes, what was built, and the trial.

    Raises
    ------
    ArtefactError, SpaceError
        When the folder must not be published, or does not run.
    """
    files = build(plan, out)
    notes = check(plan, out)
    wording = f"{len(files)} files, {megabytes(out):.1f} MB, are in {out}."
    notice("folder built")
    if not run:
        return notes, wording, None
    with TemporaryDirectory(prefix="clairscore-space-") as work:
        tried = try_out(out, Path(work), port=port, notice=notice)
    if report is not None:
        with file_aside(report) as aside:
            aside.write_text(json.dumps(tried.as_dict(), indent=1) + "\n", encoding="utf-8", newline="\n")
    return notes, wording, tried


def push_steps() -> int:
    """How many notices `push_space` gives."""
    return BUILT + hub.STEPS


def push_space(
    plan: Plan, out: Path, space: str, *, roles: Sequence[str], notice: Notice = lambda _: None
) -> tuple[list[str], Pushed]:
    """Build and check the folder and push it; return notes, and where it is.

    Raises
    ------
    ArtefactError, SettingsError, SpaceError
        When the folder must not be published, or the hub does not take it.
    """
    build(plan, out)
    notes = check(plan, out)
    notice("folder built")
    return notes, hub.push(plan, out, space, roles=roles, notice=notice)


def printed(tried: Trial) -> Table:
    """A trial as a table for the terminal."""
    table = Table(title="The Space, tried in a clean environment", show_header=False)
    table.add_column("what")
    table.add_column("figure", justify="right")
    run = tried.run
    memory = "not told by this system" if run.memory is None else f"{run.memory:.0f} MB, {run.peak:.0f} at most"
    moved = ", ".join(f"{name} {version}" for name, version in tried.moved.items()) or "as pinned"
    rows = [
        ("folder", f"{tried.files} files, {tried.megabytes:.1f} MB"),
        ("environment", f"{tried.libraries} libraries, {tried.environment_megabytes:.0f} MB"),
        ("installation", f"{tried.install_seconds:.1f} s"),
        ("installation by a Space", moved),
        ("ready after", f"{run.ready:.1f} s"),
        ("memory", memory),
        *((one.path, f"{one.milliseconds:.0f} ms, {one.bytes:,} bytes") for one in run.answers),
    ]
    for what, figure in rows:
        table.add_row(what, figure)
    return table
