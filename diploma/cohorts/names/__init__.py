"""Names that people say are wrong, and the answer they get."""
