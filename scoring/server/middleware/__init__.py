"""The HTTP middleware stack: body and rate limits, proxy and security headers, cross-site requests, logs, metrics."""
