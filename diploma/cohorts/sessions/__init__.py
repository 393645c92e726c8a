"""Live sessions on the screen: planned, changed, and their attendance sheets."""
