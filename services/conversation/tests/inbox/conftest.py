"""A database with the collections of the inbox: SQLite, or a server that speaks the MongoDB protocol."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator

import pytest

from conversation.people.store import CONTACT_SPEC
from conversation.store import CONVERSATION_SPEC, MESSAGE_SPEC
from shared.database.mongodb.database import MongoDatabase
from shared.database.protocol import Database
from shared.database.sqlite.database import EmbeddedDatabase


@pytest.fixture(params=["memory", pytest.param("mongodb", marks=pytest.mark.mongodb)])
async def database(request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    if request.param == "memory":
        database: Database = EmbeddedDatabase(None)
    else:
        url = request.getfixturevalue("mongodb").url
        database = MongoDatabase(url, f"inbox_{uuid.uuid4().hex[:10]}", "inbox-tests")
    for spec in (CONVERSATION_SPEC, MESSAGE_SPEC, CONTACT_SPEC):
        database.collection(spec)
    await database.start()
    yield database
    await database.close()
