"""Notifications: what people are told of events, in the application and by e-mail."""
