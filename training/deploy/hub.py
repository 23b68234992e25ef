"""The push to the hub: make the Space where there is none, set who may enter, then replace its files in one commit.

The rule: before a file leaves, the hub itself has said that the Space is as private as the plan wants it; and no
message repeats the token.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
from huggingface_hub import HfApi, get_token
from huggingface_hub.errors import HfHubHTTPError
from huggingface_hub.utils import disable_progress_bars

from scoring.errors import SpaceError
from scoring.server.access.policy import Roles
from training.deploy.folder import MARK, Plan
from training.parallel import Notice

KIND: Final = "space"
STEPS: Final = 3
TOKENS: Final = "https://huggingface.co/settings/tokens"


@dataclass(frozen=True)
class Pushed:
    """What is on the hub now.

    Attributes
    ----------
    commit : its digest there
    page : the Space's page
    direct : the address of the service itself, without a frame around it
    """

    commit: str
    page: str
    direct: str


def direct_address(space: str) -> str:
    """The address at which the hub serves a Space without a frame.

    >>> direct_address("My_Bank/Clair.score")
    'https://my-bank-clair-score.hf.space'
    """
    return f"https://{re.sub(r'[^a-z0-9]+', '-', space.lower())}.hf.space"


def push(plan: Plan, folder: Path, space: str, *, roles: Sequence[str] = (), notice: Notice = lambda _: None) -> Pushed:
    """Push a folder that `preflight.check` let pass.

    Parameters
    ----------
    space : as ``owner/name``
    roles : who may enter where people log in, as in CLAIRSCORE_ROLES
    notice : told of each of the `STEPS`

    Raises
    ------
    SettingsError
        When a role is none.
    SpaceError
        When there is no token, the Space is not as private as it must be, or the hub refuses.
    """
    if not re.fullmatch(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*", space):
        raise SpaceError(f"A Space must be named OWNER/NAME; got {space!r}.")
    Roles(roles)
    if (plan.auth == "oidc") != bool(roles):
        raise SpaceError(
            f"--auth oidc and --role must go together: nobody may enter who is not named; got --auth {plan.auth} "
            f"and {len(roles)} roles. Name someone: --role owner:email:ADDRESS."
        )
    token = get_token()
    if not token:
        raise SpaceError(f"A token that may write must be given; got none. Make one at {TOKENS} and set HF_TOKEN.")
    try:
        return _pushed(HfApi(token=token), plan, folder, space, roles, notice)
    except (HfHubHTTPError, httpx.HTTPError, ValueError) as error:
        raise SpaceError(_described(error, space).replace(token, "…")) from None  # the request in it carries the token


def _pushed(api: HfApi, plan: Plan, folder: Path, space: str, roles: Sequence[str], notice: Notice) -> Pushed:
    disable_progress_bars()  # ours says enough
    api.create_repo(space, repo_type=KIND, space_sdk="gradio", private=plan.private or None, exist_ok=True)
    found = api.repo_info(space, repo_type=KIND)
    if plan.private and not found.private:
        raise SpaceError(
            f"The Space must be private, as --private says; got {space}, which everyone can see. Make it private on "
            "its settings page, or name another. Nothing was pushed."
        )
    notice("the Space is there")
    if plan.auth == "oidc":
        # A secret, since it names people; the other is none, and may be read on the settings page.
        api.add_space_secret(space, "CLAIRSCORE_ROLES", " ".join(roles))
        api.add_space_variable(space, "CLAIRSCORE_AUTH", plan.auth)
    notice("who may enter is set")
    done = api.upload_folder(
        repo_id=space,
        repo_type=KIND,
        folder_path=folder,
        commit_message="Clairscore, as built by `python -m training space`",
        delete_patterns="*",  # whatever this folder does not hold
        ignore_patterns=[MARK, "**/__pycache__/**"],
    )
    notice("pushed")
    return Pushed(done.oid, f"{api.endpoint}/spaces/{space}", direct_address(space))


def _described(error: Exception, space: str) -> str:
    status = error.response.status_code if isinstance(error, HfHubHTTPError) else None
    if status == 401:
        return f"The token must be one that the hub knows; got a refusal (401). Make one at {TOKENS}."
    if status == 402:
        return f"The account of {space} must be one that may have such a Space; the hub asks for a payment (402)."
    if status == 403:
        return f"The token must be allowed to write to {space}; got a refusal (403). Choose another token or owner."
    wording = getattr(error, "server_message", None) or str(error).strip().splitlines()[0]
    return f"The hub must take the folder; got {type(error).__name__}: {wording}"
