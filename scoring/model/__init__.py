"""The model: the additive model and its artefact, the scale of points, misclassification costs, and the decision.

May import `scoring.data` and below.
"""
