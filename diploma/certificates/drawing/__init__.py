"""From a snapshot to a PDF: texts, type, ornament, and the sealed process. Knows nothing of database and web."""
