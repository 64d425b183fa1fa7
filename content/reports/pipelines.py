"""From a sound definition to the stages that MongoDB answers it by. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from content.reports.conditions import Asked
from content.reports.definitions import Filter, ReportDefinition
from content.reports.entities import ENTITIES
from content.reports.fields import Entity, Field
from content.reports.groups import grouped, order_of_groups
from content.reports.joins import Joined, Stage, is_far, joins_of
from content.reports.matching import COMPUTED, matched, near_and_far, own


def pipeline(definition: ReportDefinition, asked: Asked) -> list[Stage]:
    """The stages for a definition that is sound for this scope; rows have `c0`, `c1`…

    What an index may serve comes first. Documents are joined as late as they can be: rows are
    matched, sorted, cut and grouped by what they have before what they share is joined. The
    columns of `fetched` have ids.
    """
    entity = ENTITIES[definition.entity]
    stored = [each for each in definition.filters if entity.known(each.field).stored]
    others = [each for each in definition.filters if each not in stored]
    first = [own(entity, stored, asked), *(dict(each) for each in entity.stages)]
    if definition.grouped:
        cut = _cut(order_of_groups(definition), asked)
        return [*first, *grouped(definition, entity, others, asked), *cut]
    return [*first, *_listed(definition, entity, others, asked)]


def fetched(definition: ReportDefinition) -> Mapping[int, Field]:
    """The columns that only show what many rows share, by their places: it is fetched once for
    all rows beside the pipeline, which gives its id.
    """
    if definition.grouped:
        return {}
    entity = ENTITIES[definition.entity]
    names = [each.field for each in definition.filters]
    names += [each.removeprefix("-") for each in definition.sort]
    joined = {join for name in names for join in joins_of(entity, entity.known(name))}
    shown = [entity.known(name) for name in definition.names]
    return {
        at: field
        for at, field in enumerate(shown)
        if field.join is not None and field.join not in joined and is_far(entity, field)
    }


def _listed(
    definition: ReportDefinition, entity: Entity, filters: Sequence[Filter], asked: Asked
) -> Iterator[Stage]:
    """The rows as they are."""
    joined = Joined(entity)
    for portion in near_and_far(entity, filters):
        yield from matched(entity, portion, asked, joined)
    yield from _sorted(definition, entity, asked, joined)
    shown, later = [entity.known(name) for name in definition.names], fetched(definition)
    yield from joined.with_all(each for at, each in enumerate(shown) if at not in later)
    values = {
        f"c{at}": f"${entity.joins[each.join].local}" if at in later and each.join else each.value
        for at, each in enumerate(shown)
    }
    yield {"$project": {"_id": 0, **values}}


def _sorted(
    definition: ReportDefinition, entity: Entity, asked: Asked, joined: Joined
) -> Iterator[Stage]:
    """The rows of a page, in their order: computed values have to be there for that."""
    fields = [entity.known(each.removeprefix("-")) for each in definition.sort]
    yield from joined.with_all(fields)
    values = {f"{COMPUTED}.{e.name}": e.value for e in fields if e.computed is not None}
    if values:
        yield {"$set": values}
    order = {
        field.path if field.computed is None else f"{COMPUTED}.{field.name}": way
        for field, way in zip(fields, _ways(definition), strict=True)
    }
    yield from _cut({**order, "_id": 1} if order else {}, asked)


def _ways(definition: ReportDefinition) -> Iterator[int]:
    return (-1 if each.startswith("-") else 1 for each in definition.sort)


def _cut(order: Mapping[str, int], asked: Asked) -> Iterator[Stage]:
    if order:
        yield {"$sort": dict(order)}
    if asked.skip:
        yield {"$skip": asked.skip}
    yield {"$limit": asked.limit}
