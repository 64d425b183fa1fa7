"""Enrollment: who is in which course, on what terms, and until when."""
