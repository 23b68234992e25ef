"""The additive model in other languages and for other eyes: SQL, PMML, a table of points, a sum by hand.

The rule: an export computes what `scoring.model.additive_model.Lookup` computes, cell by cell and in the same order;
each is proved by running it in the engine that it is written for.
"""
