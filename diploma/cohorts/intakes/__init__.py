"""The next intake of a cohort, made as its clone."""
