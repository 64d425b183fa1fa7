"""The Learning Record Store: statements, documents, agents, activities, credentials."""
