"""Authentication and authorization: API keys, login by password or OpenID Connect, sessions, roles, one policy."""
