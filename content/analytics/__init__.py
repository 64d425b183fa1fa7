"""Analytics: what the folds come to for a course, for a person, and among people."""
