"""Long questions to the two glass boxes: what simplicity costs, and what the refit of questioned shapes costs."""
