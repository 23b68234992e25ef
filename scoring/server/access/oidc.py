"""Logging in at an OpenID provider: authorization code with PKCE, state, nonce; a signed token that is meant for us.

The rule: of what comes back through the browser nothing counts but the code, and that only in the browser which began.
Who it is, is read from a token that our provider signed with a key of its own, by a method that is no shared secret.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from scoring.errors import AccessError
from scoring.server.middleware.logs import event_logger
from scoring.settings import Settings

NAME: Final = "provider"
SIGNED_BY: Final = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"
)  # fmt: skip
LEEWAY: Final = 60
"""Seconds that the provider's clock may differ from ours."""
PATIENCE: Final = 10.0
_ENDPOINTS: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint")
_log = event_logger(__name__)


class Provider:
    """The OpenID provider of the settings; it is asked for its addresses when the first person logs in."""

    def __init__(self, settings: Settings) -> None:
        # Not before it is needed: it loads cryptography and an HTTP client.
        from authlib.integrations.starlette_client import OAuth  # noqa: PLC0415

        self._issuer = str(settings.provider)
        self._back = f"{settings.public_url}/login/back"
        self._client: Any = OAuth().register(
            NAME,
            client_id=settings.client_id,
            client_secret=settings.client_secret,
            server_metadata_url=f"{self._issuer}/.well-known/openid-configuration",
            client_kwargs={
                "scope": settings.scopes,
                "code_challenge_method": "S256",
                "timeout": PATIENCE,
                "leeway": 0,  # a token is asked with once, at once
                "follow_redirects": False,
            },
        )

    async def start(self, request: Request) -> Response:
        """Send somebody to the provider.

        Raises
        ------
        AccessError
            When the provider does not answer as one should.
        """
        try:
            await self._addresses()
            answer: Response = await self._client.authorize_redirect(request, self._back)
        except AccessError:
            raise
        except Exception as error:
            raise _failed("start", error) from error
        return answer

    async def finish(self, request: Request, suffices: Callable[[Mapping[str, Any]], bool]) -> Mapping[str, Any]:
        """What the provider says of somebody who comes back.

        Parameters
        ----------
        suffices : whether what the token says is enough; else the provider is asked for more

        Raises
        ------
        AccessError
            When they did not begin here, or the provider's word does not hold.
        """
        if len(request.query_params.getlist("state")) != 1 or len(request.query_params.getlist("code")) > 1:
            raise AccessError("A login must come back with one state and one code; got others. Begin again.")
        try:
            await self._addresses()
            options = {
                "iss": {"essential": True, "values": [self._client.server_metadata["issuer"]]},
                "aud": {"essential": True, "value": self._client.client_id},
            }
            token = await self._client.authorize_access_token(request, claims_options=options, leeway=LEEWAY)
            claims: dict[str, Any] = dict(token.get("userinfo") or {})
            if not claims.get("sub"):
                raise AccessError("The provider must say who logged in; got no signed token. Check OAUTH_SCOPES.")
            return claims if suffices(claims) else await self._completed(token, claims)
        except AccessError:
            raise
        except Exception as error:
            raise _failed("finish", error) from error

    async def _completed(self, token: Mapping[str, Any], claims: dict[str, Any]) -> dict[str, Any]:
        """Add what the provider tells only when asked; of the same person, and never over what was signed."""
        if not self._client.server_metadata.get("userinfo_endpoint"):
            return claims
        user_info = await self._client.userinfo(token=token)
        return {**user_info, **claims} if user_info.get("sub") == claims["sub"] else claims

    async def _addresses(self) -> None:
        """Load what the provider says of itself, once; keep none of it unless all is as it should be."""
        client = self._client
        if "_loaded_at" in client.server_metadata:
            return
        metadata = await client.load_server_metadata()
        insecure = [
            name
            for name in _ENDPOINTS
            if metadata.get(name) and urlsplit(str(metadata[name])).scheme != urlsplit(self._issuer).scheme
        ]
        if str(metadata.get("issuer", "")).rstrip("/") != self._issuer or insecure:
            found = f"insecure {', '.join(insecure)}" if insecure else "another issuer"
            client.server_metadata.clear()
            raise AccessError(f"The provider must be the one at OPENID_PROVIDER_URL; got {found}. Correct it.")
        offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        metadata["id_token_signing_alg_values_supported"] = [one for one in offered if one in SIGNED_BY] or ["RS256"]


def _failed(step: str, error: Exception) -> AccessError:
    _log.warning("login failed at the provider", step=step, exc_info=error)
    return AccessError("Logging in must work at the provider; it did not. Try again.")
