"""How a partner appears, and who holds which role in it."""
