"""The entities of a partner, day by day: what they are, the tree they make, and who may look at them."""
