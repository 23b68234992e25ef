"""How good a model is: splits, out-of-fold scores of compiled models, calibration, figures, the review band."""
