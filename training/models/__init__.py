"""The library models: two glass boxes and the black box that prices them. `compile` makes the served form of the first two."""
