"""Any sequence of operations gives on the store what it gives on a plain dict."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.database.protocol import Collection, Database, HasTerms, In, Page, Prefix, Range, Sort
from testkit.contract.database_contract import minutes

Document = dict[str, Any]
SCALARS = ("tenant_id", "name", "n", "open", "due_at")


class Model:
    """The protocol in the plainest words."""

    def __init__(self) -> None:
        self.documents: dict[str, Document] = {}

    def get(self, id: str) -> Document | None:
        return self.documents.get(id)

    def insert(self, document: Document) -> bool:
        return self.documents.setdefault(document["id"], document) is document

    def insert_many(self, documents: list[Document]) -> list[str]:
        return [document["id"] for document in documents if self.insert(document)]

    def put(self, document: Document) -> bool:
        stored = self.documents.get(document["id"])
        if stored is not None and stored["revision"] >= document["revision"]:
            return False
        self.documents[document["id"]] = document
        return True

    def replace(self, document: Document, version: int) -> bool:
        stored = self.documents.get(document["id"])
        if stored is None or stored["version"] != version:
            return False
        self.documents[document["id"]] = document
        return True

    def put_many(self, documents: list[Document]) -> list[bool]:
        return [self.put(document) for document in documents]

    def replace_many(self, changes: list[tuple[Document, int]]) -> list[bool]:
        return [self.replace(document, version) for document, version in changes]

    def matching(self, where: dict[str, Any]) -> list[Document]:
        return [d for d in self.documents.values() if all(holds(d.get(field), asked) for field, asked in where.items())]

    def pages(self, where: dict[str, Any], sort: Sort, limit: int) -> list[list[Document]]:
        def place(document: Document) -> tuple[Any, ...]:
            values = [document.get(field) for field in sort.fields]
            return (*((value is not None, 0 if value is None else value) for value in values), document["id"])

        found = sorted(self.matching(where), key=place, reverse=sort.descending)
        return [found[start : start + limit] for start in range(0, len(found), limit)] or [[]]

    def count(self, where: dict[str, Any]) -> int:
        return len(self.matching(where))

    def count_by(self, where: dict[str, Any], field: str) -> dict[Any, int]:
        return self.sum_by([{"by": d.get(field), "n": 1} for d in self.matching(where)])

    def sum_by(self, rows: list[Document]) -> dict[Any, int]:
        sums: dict[Any, int] = {}
        for row in rows:
            sums[row["by"]] = sums.get(row["by"], 0) + (row["n"] or 0)
        return sums

    def delete(self, where: dict[str, Any]) -> int:
        gone = self.matching(where)
        for document in gone:
            del self.documents[document["id"]]
        return len(gone)


def holds(value: Any, asked: Any) -> bool:
    match asked:
        case In(values):
            return value in values
        case Prefix(text):
            return value is not None and value.startswith(text)
        case HasTerms(terms):
            return set(terms) <= set(value or ())
        case Range(gt, gte, lt, lte):
            return value is not None and all(
                (
                    gt is None or value > gt,
                    gte is None or value >= gte,
                    lt is None or value < lt,
                    lte is None or value <= lte,
                )
            )
        case _:
            return value == asked


# Few ids and values, so that they meet; letters whose order is the same in UTF-8 and UTF-16 (the stand-in sorts by the
# latter, MongoDB and SQLite by the former).
IDS = st.sampled_from([f"d{n}" for n in range(6)])
TEXTS = st.text(alphabet="ab%_.*\\\0é日", max_size=3)
NUMBERS = st.sampled_from([-(2**40), -1, 0, 1, 2, 2**40])
MOMENTS: st.SearchStrategy[datetime] = st.integers(-2, 2).map(minutes)
TERMS = st.lists(st.sampled_from(["red", "re", "blue", "", "é"]), max_size=3)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "tenant_id": st.sampled_from(["t", "u"]),
    "name": TEXTS,
    "n": NUMBERS,
    "open": st.booleans(),
    "due_at": MOMENTS,
}
FREE = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=5) | st.binary(max_size=5) | MOMENTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b c", "é", "t", "id"]), inner),
    max_leaves=6,
)  # fmt: skip


@st.composite
def documents(draw: st.DrawFn) -> Document:
    document: Document = {"id": draw(IDS), "version": draw(st.integers(1, 4)), "revision": draw(st.integers(1, 4))}
    for field, values in VALUES.items():
        if draw(st.booleans()):
            document[field] = draw(st.none() | values)
    if draw(st.booleans()):
        document["words"] = draw(TERMS)
    if draw(st.booleans()):
        document["free"] = draw(FREE)
    return document


@st.composite
def conditions(draw: st.DrawFn, least: int = 0) -> dict[str, Any]:
    where: dict[str, Any] = {}
    for field in draw(st.lists(st.sampled_from([*SCALARS, "id", "words"]), min_size=least, max_size=2, unique=True)):
        if field == "words":
            where[field] = HasTerms(draw(TERMS))
            continue
        values = IDS if field == "id" else VALUES[field]
        kinds = [st.none() | values, st.lists(st.none() | values, max_size=3).map(In)]
        if field in ("id", "name", "tenant_id"):
            kinds.append(TEXTS.map(Prefix))
        if field != "open":
            bound = st.none() | values
            kinds.append(st.builds(Range, bound, bound, bound, bound))
        where[field] = draw(st.one_of(kinds))
    return where


SORTS = st.one_of(
    st.builds(Sort, st.sampled_from([*SCALARS, "id"]), st.booleans()),
    st.permutations(SCALARS).flatmap(
        lambda fields: st.builds(Sort, st.just(fields[0]), st.booleans(), st.just(fields[1]))
    ),
)
OPERATIONS = st.one_of(
    st.tuples(st.just("insert"), documents()),
    st.tuples(st.just("insert_many"), st.lists(documents(), max_size=5)),
    st.tuples(st.just("put"), documents()),
    st.tuples(st.just("replace"), documents(), st.integers(1, 4)),
    st.tuples(st.just("put_many"), st.lists(documents(), max_size=5)),
    st.tuples(st.just("replace_many"), st.lists(st.tuples(documents(), st.integers(1, 4)), max_size=5)),
    st.tuples(st.just("get"), IDS),
    st.tuples(st.just("find"), conditions(), SORTS, st.integers(1, 4)),
    st.tuples(st.just("count"), conditions()),
    st.tuples(st.just("count_by"), conditions(), st.sampled_from(SCALARS)),
    st.tuples(st.just("sum_by"), conditions(), st.none() | st.sampled_from(SCALARS)),
    st.tuples(st.just("delete"), conditions(1)),
)


async def both(things: Collection, model: Model, operation: tuple[Any, ...]) -> tuple[Any, Any]:
    """The same operation on the store and on the model."""
    name, *rest = operation
    if name == "find":
        return await pages(things, *rest), model.pages(*rest)
    if name == "sum_by":
        where, by = rest
        rows = [{"by": None if by is None else d.get(by), "n": d.get("n")} for d in model.matching(where)]
        return await things.sum_by(where, "n", by), model.sum_by(rows) or ({None: 0} if by is None else {})
    if name == "replace":
        document, version = rest
        document["version"] = max(document["version"], version + 1)
    if name == "replace_many":
        for document, version in rest[0]:
            document["version"] = max(document["version"], version + 1)
    return await getattr(things, name)(*rest), getattr(model, name)(*rest)


async def pages(things: Collection, where: dict[str, Any], sort: Sort, limit: int) -> list[list[Document]]:
    found: list[list[Document]] = []
    page = Page([], None)
    while not found or page.next_cursor is not None:
        page = await things.find(where, sort=sort, limit=limit, cursor=page.next_cursor)
        found.append(page.items)
    return found


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(operations=st.lists(OPERATIONS, min_size=5, max_size=25))
async def test_the_store_does_what_a_dict_would(
    database: Database, things: Collection, operations: list[tuple[Any, ...]]
) -> None:
    await database.clear()
    model = Model()
    for operation in operations:
        stored, expected = await both(things, model, operation)
        assert stored == expected, operation
