"""The parts of the Explore page: what it shows, the figures, what is picked in them, whom that leaves, ready questions."""
