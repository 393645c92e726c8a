"""The learning management system of the Government Innovation Diploma.

Importing this package loads no web framework, so that a rule can be used and tested alone.
"""
