"""How statements are written: in groups, in transactions, by many servers at once."""
