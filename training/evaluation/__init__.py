"""How good a model is: splits, out-of-fold scores, metrics with intervals, curves, costs, and the champion's choice."""
