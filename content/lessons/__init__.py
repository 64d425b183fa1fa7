"""Lessons: what is learnt, what it consists of, who may go into it and what they keep there."""
