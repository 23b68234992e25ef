"""Training data: the dataset, its matrix, the synthetic portfolio, checks of its realism, known problems of the data.

May import `training.config`, `training.provenance` and `scoring`.
"""
