"""Uploads become part of a message, the carrier gets links that end, and nobody sees what is another tenant's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from conversation.media.links import Links
from conversation.media.store import item_of
from conversation_world import OTHER, START, World
from picture_play import CAKE, JPEG, count, documents, send_picture, serves, shown

PDF = b"%PDF-1.7\n" + b"x" * 50
DAY = 24 * 3600.0


async def upload(
    client: httpx2.AsyncClient, content: bytes = JPEG, name: str = "cake.jpg", kind: str = "image/jpeg", **headers: str
) -> httpx2.Response:
    return await client.post("/api/media", files={"file": (name, content, kind)}, headers=headers)


async def uploaded(world: World, content: bytes = JPEG, **more: Any) -> dict[str, Any]:
    async with world.client() as client:
        answer = await upload(client, content, **more)
        assert answer.status_code == 201, answer.text
        return answer.json()


async def pass_days(world: World, days: float) -> None:
    """Two pieces of work of one tenant may have to take turns."""
    await world.pass_time(days * DAY)
    await world.due()


def path_of(url: str) -> str:
    return url[url.index("/api/") :]


async def bare(world: World, method: str, path: str, **headers: str) -> httpx2.Response:
    """As the carrier asks: without credentials."""
    transport = httpx2.ASGITransport(app=world.app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        return await client.request(method, path, headers=headers)


async def test_an_upload_is_sent_by_its_id_and_the_carrier_fetches_it(world: World) -> None:
    made = await uploaded(world)
    assert (made["content_type"], made["size"]) == ("image/jpeg", len(JPEG))
    conversation = await world.started(text="", media_ids=[made["id"]])
    [message] = await world.messages(conversation["id"])
    [media] = message["media"]
    assert (media["id"], media["state"], media["url"]) == (made["id"], "stored", f"/api/media/{made['id']}")
    await world.service.relay.drain()
    [link] = world.sent()[0].media_urls
    for method in ("GET", "HEAD"):
        answer = await bare(world, method, path_of(link))
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
        assert answer.headers["content-length"] == str(len(JPEG))
        assert answer.content == (JPEG if method == "GET" else b"")


async def test_a_link_of_an_upload_among_the_addresses_is_that_upload(world: World) -> None:
    made = await uploaded(world)
    conversation = await world.started(media_urls=[made["url"], "https://example.com/b.png"])
    [message] = await world.messages(conversation["id"])
    assert [one["id"] for one in message["media"]] == [made["id"], None]
    assert message["media"][1]["state"] == "elsewhere"


async def test_links_end_and_no_other_link_opens_anything(world: World) -> None:
    made = await uploaded(world)
    path = path_of(made["url"])
    assert (await bare(world, "GET", path)).status_code == 200
    token = path.rpartition("/")[2]
    id, ends, mac, ending = token.split(".")
    forged = [
        f"{id}.{int(ends) + 1}.{mac}.{ending}", f"{id}x.{ends}.{mac}.{ending}", f"{id}.{ends}.{mac[:-1]}.{ending}",
        f"{id}.{ends}.{mac}", f"{id}.x.{mac}.jpg", f"{id}.٣.{mac}.jpg", "x", "a" * 3000,
    ]  # fmt: skip
    for one in forged:
        assert (await bare(world, "GET", f"/api/media/signed/{one}")).status_code == 404, one
    world.clock.advance(7 * DAY)
    assert (await bare(world, "GET", path)).status_code == 404


async def test_what_a_customer_sent_has_no_open_link(world: World) -> None:
    world.pictures[CAKE] = serves()
    await send_picture(world)
    await world.due()
    [media] = await shown(world)
    assert (await bare(world, "GET", media["url"])).status_code == 401
    [document] = await documents(world, "media")
    link = Links(world.keyring, "http://test").link(item_of(document), datetime(2100, 1, 1, tzinfo=UTC))
    assert (await bare(world, "GET", path_of(link))).status_code == 404


async def test_another_tenant_sees_and_uses_nothing(world: World) -> None:
    world.pictures[CAKE] = serves()
    await send_picture(world)
    await world.due()
    [theirs] = await shown(world)
    made = await uploaded(world)
    async with world.client(OTHER) as client:
        for id in (theirs["id"], made["id"]):
            assert (await client.get(f"/api/media/{id}")).status_code == 404
    conversation = await world.started()
    async with world.client(OTHER) as client:
        path = f"/api/conversations/{conversation['id']}/messages"
        assert (await client.post(path, json={"media_ids": [made["id"]]})).status_code == 404
    async with world.client() as client:
        path = f"/api/conversations/{conversation['id']}/messages"
        for wanted in ({"media_ids": [theirs["id"]]}, {"media_ids": ["med_none"]}):
            answer = await client.post(path, json=wanted)
            assert (answer.status_code, answer.json()["code"]) == (422, "unknown_media"), wanted


async def test_one_key_makes_one_upload(world: World) -> None:
    async with world.client() as client:
        first = await upload(client, **{"idempotency-key": "k"})
        again = await upload(client, **{"idempotency-key": "k"})
        other = await upload(client, PDF, "a.pdf", "application/pdf", **{"idempotency-key": "k"})
    assert first.json() == again.json()
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert await count(world, "files") == 1


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ({"files": {"file": ("a.svg", b"<svg><script/></svg>", "image/svg+xml")}}, 422, "media_type"),
        ({"files": {"file": ("a.jpg", b"<html>", "image/jpeg")}}, 422, "media_type"),
        ({"files": {"file": ("a.jpg", b"", "image/jpeg")}}, 422, "file_empty"),
        ({"files": {"file": ("a.jpg", JPEG + b"x" * 1_000_000, "image/jpeg")}}, 413, "file_too_large"),
        ({"files": {"file": ("a.jpg", JPEG + b"x" * 3_000_000, "image/jpeg")}}, 413, "file_too_large"),
        ({"files": {"other": ("a.jpg", JPEG, "image/jpeg")}}, 422, "no_file"),
        ({"files": [("file", ("a.jpg", JPEG, "image/jpeg"))] * 2}, 422, "several_files"),
        ({"json": {}}, 422, "not_multipart"),
        ({"content": b"--x\r\n", "headers": {"content-type": "multipart/form-data; boundary=x"}}, 400, "malformed"),
    ],
)
async def test_what_carriers_do_not_take_is_refused(world: World, sent: dict[str, Any], status: int, code: str) -> None:
    async with world.client() as client:
        answer = await client.post("/api/media", **sent)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_message_takes_ten_and_a_megabyte(world: World) -> None:
    some = [(await uploaded(world, JPEG + bytes([n]) * 400_000))["id"] for n in range(3)]
    small = [(await uploaded(world, JPEG + bytes([n])))["id"] for n in range(6)]
    others = [f"https://example.com/{n}.png" for n in range(5)]
    async with world.client() as client:
        for wanted, code in (
            ({"media_ids": some}, "media_too_large"),
            ({"media_ids": small, "media_urls": others}, "too_many_media"),
            ({"media_ids": [some[0], some[0]]}, "repeated_media"),
            ({"media_ids": [some[0]] * 11}, "invalid"),
        ):
            answer = await client.post("/api/conversations", json={**START, **wanted})
            assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert (await world.started(media_ids=some[:2]))["last_message"]


async def test_a_number_that_cannot_send_pictures_says_so(world: World) -> None:
    made = await uploaded(world)
    await world.able_to("sms")
    async with world.client() as client:
        answer = await client.post("/api/conversations", json={**START, "media_ids": [made["id"]]})
    assert (answer.status_code, answer.json()["code"]) == (409, "number_without_mms")


async def test_a_picture_is_served_so_that_nothing_in_it_can_run(world: World) -> None:
    made, paper = await uploaded(world), await uploaded(world, PDF, name='in"voice\r\n.pdf', kind="application/pdf")
    async with world.client(role="viewer") as client:
        picture, file = await client.get(f"/api/media/{made['id']}"), await client.get(f"/api/media/{paper['id']}")
    for answer in (picture, file):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"].startswith("private")
    assert picture.headers["content-disposition"].startswith("inline")
    assert file.headers["content-disposition"] == "attachment; filename*=UTF-8''in%22voice.pdf"


async def test_pieces_of_it_are_served_and_what_is_known_is_not_sent_again(world: World) -> None:
    made = await uploaded(world)
    path = f"/api/media/{made['id']}"
    async with world.client() as client:
        whole = await client.get(path)
        piece = await client.get(path, headers={"range": "bytes=4-7"})
        end = await client.get(path, headers={"range": "bytes=-4", "if-range": whole.headers["etag"]})
        changed = await client.get(path, headers={"range": "bytes=-4", "if-range": '"another"'})
        beyond = await client.get(path, headers={"range": f"bytes={len(JPEG)}-"})
        known = await client.get(path, headers={"if-none-match": whole.headers["etag"]})
    assert (piece.status_code, piece.content) == (206, b"cake")
    assert piece.headers["content-range"] == f"bytes 4-7/{len(JPEG)}"
    assert (end.status_code, end.content) == (206, b"cake")
    assert (changed.status_code, changed.content) == (200, JPEG)
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{len(JPEG)}")
    assert (known.status_code, known.content) == (304, b"")


async def test_an_upload_that_no_message_shows_is_deleted_after_a_week(world: World) -> None:
    used, unused = await uploaded(world), await uploaded(world, PDF, name="a.pdf", kind="application/pdf")
    await world.started(media_ids=[used["id"]])
    await pass_days(world, 0.01)
    await pass_days(world, 7)
    async with world.client() as client:
        late = await client.post("/api/conversations", json={**START, "media_ids": [unused["id"]]})
        assert (late.status_code, late.json()["code"]) == (422, "unknown_media")
        await pass_days(world, 1)
        assert (await client.get(f"/api/media/{unused['id']}")).status_code == 404
        await pass_days(world, 60)
        assert (await client.get(f"/api/media/{used['id']}")).content == JPEG
    assert await count(world, "files") == 1


async def test_the_carriers_link_works_for_a_month_from_sending_on(world: World) -> None:
    made = await uploaded(world)
    await world.pass_time(5 * DAY)
    await world.started(media_ids=[made["id"]])
    await world.service.relay.drain()
    path = path_of(world.sent()[0].media_urls[0])
    await world.pass_time(29 * DAY)
    assert (await bare(world, "HEAD", path)).status_code == 200
    world.clock.advance(timedelta(days=1).total_seconds() + 1)
    assert (await bare(world, "HEAD", path)).status_code == 404


async def test_retention_takes_pictures_with_their_messages_and_shared_uploads_with_the_last(world: World) -> None:
    world.kept_days["ten_one"] = 30
    world.settings["ai_mode"] = "off"
    world.pictures[CAKE] = serves()
    await send_picture(world)
    await world.due()
    made = await uploaded(world)
    await world.started(to="+12025550177", media_ids=[made["id"]])
    await world.service.relay.drain()
    await world.status(world.sent()[-1], "delivered", 3)
    await world.pass_time(5 * DAY)
    await world.started(to="+12025550178", media_ids=[made["id"]])
    await world.service.relay.drain()
    await world.status(world.sent()[-1], "delivered", 3)
    await world.pass_time(26 * DAY)
    await world.retention.round()
    assert await count(world, "files") == 1, (
        "the customer's picture is gone, the upload is still shown by the later message"
    )
    await world.pass_time(5 * DAY)
    await world.retention.round()
    for name in ("files", "file_chunks", "media", "media_uses"):
        assert await count(world, name) == 0, name
