"""Compliance: who must have learnt what by when, and the statements that prove it."""
