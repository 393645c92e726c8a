"""Invitations to the people of a cohort, and their reminders."""
