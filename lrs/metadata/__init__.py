"""What statements tell of activities and agents."""

from lrs.metadata.metadata import Metadata as Metadata
