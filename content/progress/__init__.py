"""Progress: what the statement log tells of each enrollment."""
