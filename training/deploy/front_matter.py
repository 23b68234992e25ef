"""The settings of a Space, which are the first lines of its README.

The rule: they are the repository's own, but for what the pins and the plan decide: the version of Gradio that is
pinned, the version of Python that the product wants, and the login.
"""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from scoring.errors import SpaceError
from training.deploy.plan import Auth

README, REQUIREMENTS, PROJECT = "README.md", "requirements.txt", "pyproject.toml"
FENCE: Final = "---"
NEEDED: Final = ("title", "emoji", "colorFrom", "colorTo", "sdk", "app_file", "pinned", "license")
LONGEST: Final = 60
"""Characters of a short description that a Space accepts."""
_PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^;\s]+)", flags=re.MULTILINE)


def pins_of(requirements: str) -> dict[str, str]:
    r"""The version that each library is pinned at, by its name in small letters with ``-``.

    >>> pins_of("pydantic_core==2.41.5\nuvloop==0.23.0; sys_platform != 'win32'")
    {'pydantic-core': '2.41.5', 'uvloop': '0.23.0'}
    """
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in _PIN.findall(requirements)}


def python_of(project: str) -> str:
    """The version of Python that a project wants, as ``3.11``.

    Raises
    ------
    SpaceError
        When the project does not want one version alone.
    """
    wanted = str(tomllib.loads(project)["project"]["requires-python"])
    found = re.fullmatch(r">=3\.(\d+),<3\.(\d+)", wanted)
    if found is None or int(found[2]) != int(found[1]) + 1:
        raise SpaceError(f"{PROJECT} must want one version of Python, as >=3.11,<3.12; got {wanted}.")
    return f"3.{found[1]}"


def split(readme: str) -> tuple[dict[str, str], str]:
    r"""The settings at the head of a README, as they are written, and the text below.

    >>> split("---\ntitle: T\npinned: false\n---\n\n# T\n")
    ({'title': 'T', 'pinned': 'false'}, '\n# T\n')

    Raises
    ------
    SpaceError
        When there are none.
    """
    start, _, rest = readme.partition(f"{FENCE}\n")
    head, fence, body = rest.partition(f"\n{FENCE}\n")
    if start or not fence:
        raise SpaceError(f"{README} must begin with a Space's settings between two lines of ---; got none.")
    lines = [line.partition(":") for line in head.splitlines() if line.strip()]
    return {name.strip(): value.strip() for name, _, value in lines}, body


def faults_of(settings: Mapping[str, str]) -> list[str]:
    """What a Space would refuse of its settings."""
    faults = [f"README.md must set {name}; got none." for name in NEEDED if not settings.get(name)]
    if settings.get("sdk", "gradio") != "gradio":
        faults.append(f"README.md must set sdk: gradio; got {settings['sdk']}.")
    said = settings.get("short_description", "")
    if len(said) > LONGEST:
        faults.append(f"short_description must have at most {LONGEST} characters; got {len(said)}.")
    return faults


def readme_of(root: Path, auth: Auth) -> str:
    """The README of the Space: settings, then the repository's own text.

    Parameters
    ----------
    root : of the repository

    Raises
    ------
    SpaceError
        When the repository's README has no settings, or those that it has can't be used.
    """
    settings, body = split((root / README).read_text(encoding="utf-8"))
    faults = faults_of(settings)
    if faults:
        raise SpaceError(" ".join(faults))
    pins = pins_of((root / REQUIREMENTS).read_text(encoding="utf-8"))
    settings["sdk_version"] = pins["gradio"]
    settings["python_version"] = f'"{python_of((root / PROJECT).read_text(encoding="utf-8"))}"'
    lines = [f"{name}: {value}" for name, value in settings.items() if not name.startswith("hf_oauth")]
    if auth == "oidc":
        # The address is what a person may be named by in CLAIRSCORE_ROLES.
        lines += ["hf_oauth: true", "hf_oauth_scopes:", "  - email"]
    return "\n".join([FENCE, *lines, FENCE, body])
