"""What the head of every page links: the icon, our sheets, and a line of script."""

from scoring.web.static import OF_THE_MODEL, STYLES, fingerprint

# From the first moment: whoever goes back or forward gets what the address names; whose login has ended gets the login.
_SCRIPT = """
addEventListener('popstate', () => location.reload());
const clairscoreFetch = window.fetch;
window.fetch = async (...asked) => {
  const answer = await clairscoreFetch(...asked);
  if (answer.status === 401 && answer.url.startsWith(location.origin)) {
    location.assign('/login?next=' + encodeURIComponent(location.pathname + location.search));
  }
  return answer;
};
"""


def head_html(up: str, *, of_the_model: bool = False) -> str:
    """The head of pages that are `up` from the root, such as ``../``: the officers', or the model's.

    Linked rather than passed to Gradio, which writes its own prefix into every selector and breaks those with commas.
    """
    linked = [name for name in STYLES if of_the_model or name not in OF_THE_MODEL]
    sheets = "".join(f'<link rel="stylesheet" href="{up}static/{name}?{fingerprint(name)}">' for name in linked)
    return (
        '<meta name="color-scheme" content="light dark">'
        f'<link rel="icon" type="image/svg+xml" href="{up}static/favicon.svg">{sheets}'
        f"<script>{_SCRIPT}</script>"
    )
