"""The verbs of the command line that work on tables alone: one file a verb, and no model is needed."""
