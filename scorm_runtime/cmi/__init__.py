"""The CMI data models: one table each, and the model that is fed from it."""

from scorm_runtime.cmi.model import DataModel
from scorm_runtime.cmi.table import SCORM12, Condition, Table

__all__ = ["SCORM12", "Condition", "DataModel", "Table"]
