"""Learning paths: courses in an order, some of which must be completed before others."""
