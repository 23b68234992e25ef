"""The letter that tells a client what was decided: the same content as a PDF and as plain text, in French and English.

The rule: every sentence is a text of `scoring/i18n`, filled with what was decided; nothing is said that the
decision, the dictionary or the lender's own settings do not say. A letter is given only of a decision that is recorded.
"""

from scoring.audit.letters.content import Letter, Sender, letter_of, read_sender
from scoring.audit.letters.pdf import pdf_of
from scoring.audit.letters.plain import text_of

__all__ = ["Letter", "Sender", "letter_of", "pdf_of", "read_sender", "text_of"]
