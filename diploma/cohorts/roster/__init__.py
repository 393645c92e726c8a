"""A list of people read from a file, judged, looked through, imported, and taken back."""
