"""Telling: from a change to its statements and events, and what follows from them, each once."""
