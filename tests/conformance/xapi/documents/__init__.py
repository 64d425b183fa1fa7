"""The requirements of the documents, agents, activities and about resources, over HTTP."""
