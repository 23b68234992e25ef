"""Search: selection of features and tuning of hyperparameters."""
