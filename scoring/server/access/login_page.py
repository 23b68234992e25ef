"""The page on which people log in and out: plain HTML, one sheet, no script, nothing from outside."""

from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from scoring.i18n import LANGUAGES, text

SHEET: Final = (Path(__file__).parent / "static" / "login.css").read_bytes()
_NAMES: Final = {"fr": "Français", "en": "English"}


@dataclass(frozen=True)
class Form:
    """A form of the page: where it goes, and what proves that it is ours."""

    action: str
    token: str
    next: str = "/"


class LoginPage:
    """The page in one language.

    Parameters
    ----------
    here : the page's own address
    framed : whether another site may show the page in a frame
    kept : what its links keep
    """

    def __init__(self, lang: str, here: str, *, framed: bool, **kept: str) -> None:
        self._lang, self._here, self._framed, self._kept = lang, here, framed, kept

    def with_key(self, form: Form, wrong: str = "") -> str:
        """Ask for a key."""
        say = self._say
        inside = (
            f'<p class="lead">{say("access.login.lead.keys")}</p>{_alert(wrong)}{_open(form)}'
            f'<label for="key">{say("access.login.key")}</label>'
            '<input id="key" name="key" type="password" required autofocus autocomplete="current-password" '
            'autocapitalize="none" spellcheck="false" maxlength="200">'
            f"<button>{say('access.login.enter')}</button></form>{self._own_tab()}"
        )
        return self._page("access.login.title", inside)

    def with_provider(self, provider: str, start: str, wrong: str = "") -> str:
        """Lead to the provider; out of a frame, for a provider shows itself in none."""
        say = self._say
        aside = ' target="_blank" rel="noopener"' if self._framed else ""
        button = (
            f'<a class="button" href="{escape(start)}"{aside}>{say("access.login.provider", provider=provider)}</a>'
        )
        inside = f'<p class="lead">{say("access.login.lead.oidc")}</p>{_alert(wrong)}<p>{button}</p>'
        return self._page("access.login.title", inside)

    def here(self, name: str, role: str, form: Form) -> str:
        """Say who is logged in, and let them log out."""
        say = self._say
        who = say("access.here", name=name, role=text(self._lang, f"access.role.{role}"))
        inside = f"<p>{who}</p>{_open(form)}<button>{say('access.logout')}</button></form>{self._pages()}"
        return self._page("access.logout.title", inside)

    def saying(self, title: str, key: str, *, wrong: bool = False, **values: object) -> str:
        """Say one thing."""
        said = text(self._lang, key, **values)
        return self._page(title, (_alert(said) if wrong else f"<p>{escape(said)}</p>") + self._pages())

    def _say(self, key: str, **values: object) -> str:
        return escape(text(self._lang, key, **values))

    def _pages(self) -> str:
        return f'<p class="then"><a href="/">{self._say("access.to_pages")}</a></p>'

    def _own_tab(self) -> str:
        """A way out of a frame, where a browser may keep no cookie."""
        if not self._framed:
            return ""
        address = f"{self._here}?{urlencode(self._kept)}"
        said = self._say("access.login.own_tab")
        return f'<p class="then"><a href="{escape(address)}" target="_blank" rel="noopener">{said}</a></p>'

    def _page(self, title: str, inside: str) -> str:
        languages = "".join(
            f'<a href="{escape(self._here)}?{escape(urlencode({**self._kept, "lang": one}))}" lang="{one}" '
            f'hreflang="{one}"{" aria-current=page" if one == self._lang else ""}>{_NAMES[one]}</a>'
            for one in LANGUAGES
        )
        return (
            f'<!doctype html><html lang="{self._lang}"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>{self._say(title)} · Clairscore</title>"
            '<link rel="icon" type="image/svg+xml" href="/static/favicon.svg">'
            '<link rel="stylesheet" href="/login/style.css"></head>'
            '<body><header><span class="brand"><img src="/static/favicon.svg" alt="">Clairscore</span>'
            f'<nav aria-label="{self._say("access.languages")}">{languages}</nav></header>'
            f"<main><h1>{self._say(title)}</h1>{inside}</main></body></html>"
        )


def _alert(said: str) -> str:
    return f'<p class="wrong" role="alert">{escape(said)}</p>' if said else ""


def _open(form: Form) -> str:
    hidden = {"token": form.token, "next": form.next}
    fields = "".join(f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in hidden.items())
    return f'<form method="post" action="{escape(form.action)}">{fields}'
