"""Courses: what people enrol in, its modules, categories, prerequisites, reviews and variables."""
