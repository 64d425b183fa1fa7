"""Grading: what waits for a person, whatever it is."""
