"""The log in files: export and import, of any size."""
