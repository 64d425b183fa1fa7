"""The pages of who writes quizzes: a quiz, its questions, and the bank of questions."""

from api.pages.quizzing import bank, bank_categories, editor, preview, questions, transfer

PAGES = (editor, questions, bank, bank_categories, transfer, preview)
