"""The register as outsiders check it: signed heads by day, the public page, and the export for a partner (ADR 40)."""
