"""People: who learns, teaches and answers for it."""
