"""Webhooks: who outside hears of which events, and every attempt to tell them."""
