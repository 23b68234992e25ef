"""Deployment to a Hugging Face Space: the folder to push, preflight checks, a trial run, and the push."""
