"""Decision receipts: one decision as a document that anyone who holds the model can check, here or offline."""

from scoring.audit.receipts.commands import Check, check, model_named, page_html, read_receipt
from scoring.audit.receipts.receipt import Receipt, receipt_of, written

__all__ = ["Check", "Receipt", "check", "model_named", "page_html", "read_receipt", "receipt_of", "written"]
