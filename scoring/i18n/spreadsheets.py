"""CSV that a spreadsheet takes for no formula, whichever separator its country has.

The rule: every text that goes into a CSV file goes through `csv_text`. A sheet splits a line where its own language
says: at a comma, a semicolon or a tab, whatever separates the columns in the file, and quotation marks no longer hold
a cell together then. So what may not begin a cell may not follow one of these within a text either.
"""

import re
from typing import Final

SIGNS: Final = "=+-@\t\r\n＝＋－＠"
"""With what a cell must not begin: the last four are the wide forms, which some sheets read alike."""
SEPARATORS: Final = ",;\t\r\n"
_BEGINS: Final = re.compile(rf"(^|[{SEPARATORS}])(?=[\s\"]*[{re.escape(SIGNS)}])")


def csv_text(text: str) -> str:
    """A text as a CSV cell may hold it: an apostrophe stands where a formula could begin.

    >>> csv_text("=1+1"), csv_text("a;=1+1"), csv_text("labourer; 2 - 3")
    ("'=1+1", "a;'=1+1", 'labourer; 2 - 3')
    """
    return _BEGINS.sub(r"\1'", text)
