"""The authors' files: reading them with line numbers, and the checks that refuse a slip."""
