"""The audit log: decisions are recorded before they are given, in a hash chain that shows any change.

Decisions (single, idempotent, in batches), reviews, notes and overrides, receipts and letters, and the store beneath.
May import `scoring.service`, `scoring.server.identity` and below.
"""
