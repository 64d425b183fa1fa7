"""Runs aggregate pipelines over the `statements` collection."""

from collections.abc import Sequence

from pymongo.errors import ExecutionTimeout, OperationFailure
from pymongo.read_concern import ReadConcern

from lrs.errors import InvalidPipeline, TooExpensive
from lrs.store import STATEMENTS, Database, Document

_TOO_MUCH = (146, 292, 10334)
_UNCOMPUTABLE = (2, 9, 14, 40, 241)
_FIRST_LOCATION = 10_000


class AggregationStore:
    """The `statements` collection, for pipelines."""

    def __init__(self, database: Database) -> None:
        self._statements = database.get_collection(STATEMENTS, read_concern=ReadConcern("majority"))

    async def aggregate(self, pipeline: Sequence[Document], seconds: float) -> list[Document]:
        """Return the rows of a pipeline that was checked.

        Raises:
            TooExpensive: it takes longer than `seconds`, or more memory than it may.
            InvalidPipeline: it cannot be computed over this data.
        """
        try:
            found = await self._statements.aggregate(
                pipeline, maxTimeMS=max(1, int(seconds * 1000)), allowDiskUse=False
            )
            return await found.to_list()
        except ExecutionTimeout as error:
            raise TooExpensive(
                f"It takes longer than {seconds:g} s: begin with a narrower $match."
            ) from error
        except OperationFailure as error:
            raise _refused(error) from error


def _refused(error: OperationFailure) -> Exception:
    """What a failed aggregate query means to whoever wrote it; the error itself if nothing."""
    if error.code in _TOO_MUCH:
        return TooExpensive("It takes more memory than it may: group or $match more narrowly.")
    if error.code in _UNCOMPUTABLE or (error.code or 0) >= _FIRST_LOCATION:
        told = str((error.details or {}).get("errmsg", "")).rpartition(" :: caused by :: ")[2]
        return InvalidPipeline(f"It cannot be computed: {told}")
    return error
