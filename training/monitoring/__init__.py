"""Monitoring: later clients read as a training reads its own, measured by `scoring.reports.monitoring`, as a report."""
