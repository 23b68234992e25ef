"""Scored clients as a table: filters, columns, queries over all of them, and peer groups.

May import `scoring.model` and below.
"""
