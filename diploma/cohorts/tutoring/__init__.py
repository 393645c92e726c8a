"""Giving the people of a cohort to tutors."""
