"""Aggregate queries over the log."""

from lrs.aggregation.aggregation import Aggregation as Aggregation
