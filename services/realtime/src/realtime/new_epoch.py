"""After a restore numbers would be given out a second time: each tenant's log continues under a new epoch.

So a client that has seen a number from after the backup gets a `reset` and reads anew. Webhooks have lost nothing: what
they have not read yet is still there, under the new epoch too.
"""

from __future__ import annotations

from collections.abc import Callable

from realtime.event_log import HEADS, ROWS
from realtime.webhooks.store import Webhooks
from shared.database.paging import documents, pages
from shared.database.protocol import Database, Document, In
from shared.ids import new_id


async def begin_new_epochs(database: Database, new_epoch: Callable[[], str] = lambda: new_id("ep")) -> None:
    """To be called while no realtime runs on this database."""
    heads, renamed = database.collection(HEADS), dict[tuple[str, str], str]()
    async for head in documents(heads, {}):
        epoch = renamed[head["id"], head["epoch"]] = new_epoch()
        await heads.replace({**head, "epoch": epoch, "version": head["version"] + 1}, head["version"])
    await _rename_rows(database, renamed)
    webhooks = Webhooks(database)
    async for webhook in webhooks.each({}):
        if epoch := renamed.get((webhook.tenant_id, webhook.epoch)):
            await webhooks.replace(webhook.but(epoch=epoch), webhook.version)


async def _rename_rows(database: Database, renamed: dict[tuple[str, str], str]) -> None:
    rows = database.collection(ROWS)
    found = [page async for page in pages(rows, {})]  # at most the last hour's; not while they are being renamed
    for page in found:
        fresh = [_renamed(row, renamed) for row in page if (row["tenant_id"], row["epoch"]) in renamed]
        await rows.insert_many(fresh)
        await rows.delete({"id": In([row["id"] for row in page])})


def _renamed(row: Document, renamed: dict[tuple[str, str], str]) -> Document:
    epoch = renamed[row["tenant_id"], row["epoch"]]
    return {**row, "id": f"{row['tenant_id']}|{epoch}|{row['mark']}", "epoch": epoch}
