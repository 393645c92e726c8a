"""The parts of the dashboard, one module per role: a small record of what the part says, and the queries behind it.

Each part asks a constant number of queries. A part is ``None`` for a person to whom it does not belong.
"""
