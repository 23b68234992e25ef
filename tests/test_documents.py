"""What documents name is there: files, headings, `make` targets, commands with their options, tests.

The rule: a path in a document is either a link, or stands in code marks and begins with a folder of the repository;
what is only made on a user's machine (`data/raw`, `data/work`) need not exist.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from typer.main import get_command

from scoring.__main__ import cli
from tests import ROOT
from training.__main__ import app

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FOLDERS = ("benchmarks", "data", "docs", "scoring", "tests", "training")
MADE_BY_USERS = ("data/raw", "data/work", "data/demo/parts")
TO_BE_TYPED = ("owner_guide.md",)
"""Guides whose commands are typed as they stand."""
PROGRAMS = {"training": get_command(app), "scoring": get_command(cli)}
_FENCE = re.compile(r"^```.*?^```$", flags=re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")
_COMMAND = re.compile(r"python -m (training|scoring)((?: [^\s`|;&)]+)*)")

each_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())


def told(document: Path) -> str:
    return document.read_text(encoding="utf-8").replace("\\\n", " ")


@cache
def headings(document: Path) -> frozenset[str]:
    """Anchors of a page's headings, as its readers' programs make them; a second one of a name has a number."""
    found: dict[str, int] = {}
    anchors = set(re.findall(r'<a (?:id|name)="([^"]+)"', told(document)))
    for heading in re.findall(r"^#{1,6} +(.+?) *#*$", _FENCE.sub("", told(document)), flags=re.MULTILINE):
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").replace("*", "")
        slug = re.sub(r"[^\w\- ]", "", text.lower()).strip().replace(" ", "-")
        anchors.add(slug if slug not in found else f"{slug}-{found[slug]}")
        found[slug] = found.get(slug, 0) + 1
    return frozenset(anchors)


def in_code(document: Path) -> Iterator[str]:
    """What stands in code marks, and the lines of code blocks."""
    text = told(document)
    for block in _FENCE.findall(text):
        yield from block.splitlines()[1:-1]
    yield from _CODE.findall(_FENCE.sub("", text))


@each_document
def test_links_lead_to_files_and_headings(document: Path) -> None:
    lost = []
    for target in re.findall(r"\]\(([^)\s]+)", _FENCE.sub("", told(document))):
        if "://" in target or target.startswith("mailto:"):
            continue
        path, _, anchor = target.partition("#")
        page = (document.parent / path) if path else document
        if not page.exists() or (anchor and page.suffix == ".md" and anchor not in headings(page)):
            lost.append(target)
    assert lost == []


@each_document
def test_paths_in_code_marks_exist(document: Path) -> None:
    lost = []
    for code in in_code(document):
        for word in re.findall(rf"(?<![\w./-])(?:{'|'.join(FOLDERS)})/[\w./-]+", code):
            path = word.rstrip("./")
            cut_off = code[code.index(word) + len(word) :][:1] in (
                "…",
                "*",
                "{",
                "<",
            )  # the document leaves the rest open
            if not path.startswith(MADE_BY_USERS) and not cut_off and not is_here(path):
                lost.append(path)
    assert lost == []


@each_document
def test_modules_and_what_they_define_are_there(document: Path) -> None:
    assert [name for name in dotted_names(told(document)) if not is_defined(name)] == []


def test_a_module_that_moved_is_found() -> None:
    assert [is_defined(one) for one in ("scoring.model.statistics.wilson", "scoring.model")] == [True, True]
    assert not any(map(is_defined, dotted_names("`scoring.statistics.wilson`, `scoring.model.statistics.wilsen`")))


def dotted_names(text: str) -> list[str]:
    return re.findall(r"`((?:scoring|training|tests|benchmarks)(?:\.[A-Za-z_]\w*)+)`", text)


def is_defined(name: str) -> bool:
    """Whether the longest part of a name that is a module says the next one."""
    place, parts = ROOT, name.split(".")
    while parts and ((place / parts[0]).is_dir() or (place / f"{parts[0]}.py").is_file()):
        place = place / parts.pop(0)
    module = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
    return not parts or (module.is_file() and re.search(rf"\b{parts[0]}\b", module.read_text("utf-8")) is not None)


def is_here(path: str) -> bool:
    return (ROOT / path).exists() or (ROOT / f"{path}.py").is_file()  # a module may be named without its ending


@cache
def targets(mark: str = "") -> frozenset[str]:
    """Targets of the Makefile, or those of them whose line has a mark."""
    lines = re.findall(r"^([a-z-]+):(.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    return frozenset(name for name, rest in lines if mark in rest)


def test_every_make_target_has_its_plain_command_in_the_readme() -> None:
    rows = "\n".join(line for line in told(ROOT / "README.md").splitlines() if line.startswith("| `"))
    assert {name for name in targets("## ") if f"`{name}`" not in rows} == {"help", "clean"}


@each_document
def test_make_targets_exist(document: Path) -> None:
    named = {word for code in in_code(document) for word in re.findall(r"^(?:\$ )?make ([a-z-]+)", code.strip())}
    assert named - targets() == set()


@each_document
def test_commands_and_their_options_exist(document: Path) -> None:
    whole = document.name in TO_BE_TYPED
    assert [fault for code in in_code(document) for fault in faults(code, whole=whole)] == []


def faults(code: str, *, whole: bool = False) -> Iterator[str]:
    """What a command that is named does not have, or lacks; `whole`: one without any options is to be typed too."""
    for program, rest in _COMMAND.findall(code):
        command = PROGRAMS[program]
        words = rest.split()
        while hasattr(command, "commands") and words and re.fullmatch(r"[a-z][a-z-]*", words[0]):
            found = command.commands.get(words.pop(0))
            if found is None:
                yield f"{program}{rest}: no such verb"
                return
            command = found
        known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
        for word in words:
            option = word.partition("=")[0]
            if option.startswith("--") and option != "--help" and option not in known and command.params:
                yield f"{program}{rest}: no {option}"
                return
        if words[-1:] == ["…"] or hasattr(command, "commands") or not (whole or any("--" in word for word in words)):
            continue
        for parameter in command.params:
            if parameter.required and parameter.opts[0].startswith("--") and not {*parameter.opts} & {*words}:
                yield f"{program}{rest}: {parameter.opts[0]} is needed"


@cache
def all_tests() -> frozenset[str]:
    names = [
        re.findall(r"^\s*(?:async )?def (test_\w+)", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        for path in (ROOT / "tests").rglob("*.py")
    ]
    return frozenset(name for found in names for name in found)


@each_document
def test_tests_that_are_named_exist(document: Path) -> None:
    named = {code.partition("[")[0] for code in in_code(document) if re.fullmatch(r"test_\w+(\[.*\])?", code)}
    files = {path.stem for path in (ROOT / "tests").rglob("test_*.py")}
    assert sorted(named - all_tests() - files) == []


@pytest.mark.parametrize(
    ("code", "count"),
    [
        ("python -m training shock --artefacts data/demo --out x.json", 0),
        ("python -m training shake --artefacts data/demo", 1),
        ("python -m training shock --artifacts data/demo", 1),
        ("python -m scoring keys create NAME --role owner", 0),
        ("python -m scoring keys make NAME", 1),
        ("python -m training watch --artefacts data/demo --tables data/raw", 1),
        ("python -m scoring journal export", 0),
    ],
)
def test_a_wrong_command_is_found(code: str, count: int) -> None:
    assert len(list(faults(code))) == count


def test_a_command_to_be_typed_is_whole() -> None:
    assert list(faults("python -m scoring journal retain", whole=True)) == [
        "scoring journal retain: --older-than is needed"
    ]
    assert list(faults("python -m scoring journal retain --older-than 2y", whole=True)) == []


def test_headings_are_anchored_as_readers_see_them(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A `b` c\n## L'été, ici\n```\n# none\n```\n## A b c\n", encoding="utf-8")
    assert headings(page) == {"a-b-c", "lété-ici", "a-b-c-1"}
