"""The question bank: questions by categories and tags, for quizzes to draw from."""
