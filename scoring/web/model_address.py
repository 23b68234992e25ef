"""Where the model app lies, and how the officers' pages lead there.

The rule: pages have the same names in both languages; only the app's own place in the address is translated.
"""

from scoring.reports.brief import SLUGS
from scoring.web.page import Place


def link(lang: str, page: str, client: int | None = None, **query: str) -> str:
    """An address of the model app, relative to the officers' pages of the same language.

    >>> link("en", "points", 100002, term="annuity*goods_price")
    'model/?view=points&client=100002&term=annuity%2Agoods_price'
    """
    return f"{SLUGS[lang]}/?{Place(page, client, query).address}"
