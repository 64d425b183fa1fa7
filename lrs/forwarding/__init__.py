"""Forwarding: every statement of the log, in its order, to other record stores."""
