"""Quizzes: questions, what an answer is worth, attempts, review, and a bank of questions."""
