"""The bytes that come with statements."""
