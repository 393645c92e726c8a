"""The translators' desk: how far each text has come, who read it, and its way into a workbook and back."""
