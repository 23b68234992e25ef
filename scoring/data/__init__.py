"""Raw data: the eight tables read, checked and repaired, cleaned, and turned into declared features; uploaded batches.

May import `scoring.i18n`, `scoring.files`, `scoring.settings` and `scoring.errors`.
"""
