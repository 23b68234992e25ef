"""How the product is served: access control, HTTP middleware, model reload, and the server's process.

May import `scoring.service` and below.
"""
