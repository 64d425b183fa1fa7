"""Who is asking: passwords, tokens, sessions, and the principal that a request acts for."""
