"""Reading all that there is, a page at a time."""

from __future__ import annotations

from shared.database.paging import documents, pages
from shared.database.protocol import CollectionSpec, In, Sort
from shared.database.sqlite.database import EmbeddedDatabase

NOTES = CollectionSpec("notes", {"n": "int"}, (("n",),))


async def test_every_document_is_read_once_in_order_whatever_the_page_size():
    database = EmbeddedDatabase(None)
    notes = database.collection(NOTES)
    await database.start()
    assert [page async for page in pages(notes, {})] == []
    await notes.insert_many([{"id": f"{n:02}", "n": -n} for n in range(20)])
    for size in (1, 7, 10, 20, 21):
        read = [page async for page in pages(notes, {}, Sort("n"), size=size)]
        assert [len(page) for page in read[:-1]] == [size] * (len(read) - 1)
        assert [document["n"] for page in read for document in page] == list(range(-19, 1))
        assert [document["id"] async for document in documents(notes, {}, size=size)] == [f"{n:02}" for n in range(20)]
    await database.close()


async def test_pages_may_be_deleted_while_they_are_read():
    database = EmbeddedDatabase(None)
    notes = database.collection(NOTES)
    await database.start()
    await notes.insert_many([{"id": f"{n:02}", "n": n} for n in range(20)])
    seen = 0
    async for page in pages(notes, {}, Sort("n"), size=3):
        seen += await notes.delete({"id": In([document["id"] for document in page])})
    assert (seen, await notes.count({})) == (20, 0)
    await database.close()
