"""Announcements: what those who teach tell a course."""
