"""The synthetic portfolio: the eight tables of Home Credit's schema, with the true risk of every client
known.
"""

from training.data.synthetic.writing import PortfolioSummary, write_portfolio

__all__ = ["PortfolioSummary", "write_portfolio"]
