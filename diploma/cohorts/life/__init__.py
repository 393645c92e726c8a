"""The life of an enrolment: leaving, being put off, coming back, moving to another cohort."""
