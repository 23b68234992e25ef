"""The models that are fitted: EBM, WoE scorecard, a LightGBM reference; and their compilation to the additive model."""
