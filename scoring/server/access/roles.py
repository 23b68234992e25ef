"""What people who log in by OIDC may do: said in the settings, by what the provider says of them.

The rule: who is not named may do nothing. A person is named by ``sub``, which a provider gives to nobody else, by an
address that the provider has verified, or by a group; never by a user name, which can change hands.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

from scoring.errors import SettingsError
from scoring.server.identity import Identity

PersonRole = Literal["officer", "validator", "owner"]
Claim = Literal["sub", "email", "group"]
_RANK: tuple[PersonRole, ...] = get_args(PersonRole)
_GROUP_CLAIMS = ("groups", "roles")


@dataclass(frozen=True)
class Grant:
    """A role for whoever has a value in a claim."""

    role: PersonRole
    claim: Claim
    value: str


class Roles:
    """The grants of the settings.

    Parameters
    ----------
    given : ``ROLE:CLAIM:VALUE`` each

    Raises
    ------
    SettingsError
        When one is none.

    >>> roles = Roles(["officer:group:credit", "owner:email:anna@bank.example"])
    >>> anna = {"sub": "7", "email": "Anna@bank.example", "email_verified": True, "groups": ["credit"]}
    >>> roles.identity_of(anna)
    Identity(name='anna@bank.example', role='owner')
    >>> roles.identity_of({**anna, "email_verified": False})
    Identity(name='7', role='officer')
    >>> roles.identity_of({"sub": "8", "preferred_username": "anna"}) is None
    True
    """

    def __init__(self, given: Sequence[str]) -> None:
        self.grants = tuple(_read(one) for one in given)

    def identity_of(self, claims: Mapping[str, Any]) -> Identity | None:
        """Who somebody is, with the highest role they were granted; None for somebody without one."""
        held = {grant.role for grant in self.grants if grant.value in _values(claims, grant.claim)}
        role = next((one for one in reversed(_RANK) if one in held), None)
        if role is None:
            return None
        email = _values(claims, "email")
        return Identity(next(iter(email), str(claims["sub"])), role)


def _values(claims: Mapping[str, Any], claim: Claim) -> frozenset[str]:
    """What a provider says under a claim, so far as it can be relied on."""
    if claim == "group":
        said = [value for name in _GROUP_CLAIMS for value in _listed(claims.get(name))]
        return frozenset(value for value in said if isinstance(value, str))
    value = claims.get(claim)
    if not isinstance(value, str) or not value:
        return frozenset()
    if claim == "sub":
        return frozenset({value})
    return frozenset({value.casefold()}) if claims.get("email_verified") is True else frozenset()


def _listed(value: object) -> Sequence[Any]:
    return value if isinstance(value, list) else ()


def _read(given: str) -> Grant:
    role, _, rest = given.partition(":")
    claim, _, value = rest.partition(":")
    if role not in _RANK or claim not in get_args(Claim) or not value:
        raise SettingsError(
            f"CLAIRSCORE_ROLES must be ROLE:CLAIM:VALUE each, ROLE one of {', '.join(_RANK)}, CLAIM one of "
            f"{', '.join(get_args(Claim))}; got {given!r}. Correct it."
        )
    return Grant(role, cast("Claim", claim), value.casefold() if claim == "email" else value)
