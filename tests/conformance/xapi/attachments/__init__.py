"""Attachments and signed statements, as the Experience API requires them."""
