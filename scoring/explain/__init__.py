"""Why a decision is what it is, and what would change it: reasons, vectorised scoring, counterfactual offers.

May import `scoring.portfolio` and below.
"""
