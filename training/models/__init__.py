"""The library models: two glass boxes, and the black box that prices them."""
