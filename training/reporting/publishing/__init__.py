"""Documents that hold figures: written from templates, filled from results, never typed.

The rule: a document is the same bytes for the same results, so that a test can tell whether it is stale.
"""
