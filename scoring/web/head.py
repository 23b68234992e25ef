"""What the head of every page links: the icon, our sheets, and a line of script."""

from scoring.web.static import STYLES, fingerprint


def head_html(up: str) -> str:
    """The head of pages that are `up` from the root, such as ``../``.

    Linked rather than passed to Gradio, which writes its own prefix into every selector and breaks those with commas.
    """
    sheets = "".join(f'<link rel="stylesheet" href="{up}static/{name}?{fingerprint(name)}">' for name in STYLES)
    return (
        '<meta name="color-scheme" content="light dark">'
        f'<link rel="icon" type="image/svg+xml" href="{up}static/favicon.svg">{sheets}'
        # From the first moment: whoever goes back or forward gets what the address names.
        "<script>addEventListener('popstate', () => location.reload())</script>"
    )
