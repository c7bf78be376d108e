"""Plays a campaign with a workflow on a running `make run`: import, forecast, sending, replies, report.

It opens a tenant of its own, "Ann's Bakery (campaign demo)", so that the demo shop stays as it is. Each run makes a new
campaign. Recipients reply through the pretend carrier; one of them writes STOP.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from pathlib import Path
from typing import Any

from demo_campaign.customers import Customer, customer_file, customers
from demo_campaign.report import forecast_line, report_table
from demo_campaign.shop import DemoShop

WORKFLOW: dict[str, Any] = {
    "trigger": {"type": "campaign"},
    "steps": [
        {
            "id": "answer",
            "type": "wait_for_reply",
            "timeout_seconds": 20,
            "on_timeout": [{"id": "quiet", "type": "end"}],
        },
        {
            "id": "people",
            "type": "save_response",
            "field": "people",
            "as": "number",
            "retry_text": "Sorry, how many is that in figures?",
            "max_retries": 1,
        },
        {
            "id": "size",
            "type": "condition",
            "if": "saved.people > 4.0",
            "then": [{"id": "long", "type": "send_message", "text": "{people} people: the long table is yours."}],
            "else": [{"id": "small", "type": "send_message", "text": "A table for {people}. See you on Friday!"}],
        },
    ],
}
TEXT = "Hi {name|there}, Ann's Bakery opens its garden on Friday. How many will you be? Reply STOP to opt out."
_LOOK_SECONDS = 1.0
_REPLYING, _GIVING_UP_SECONDS = 0.4, 600


def main() -> int:
    arguments = argparse.ArgumentParser(prog="make demo-campaign", description=__doc__)
    arguments.add_argument("--url", default="http://127.0.0.1:8080", help="of the running installation")
    arguments.add_argument("--data", type=Path, default=Path("data"), help="its data folder (the admin token is there)")
    arguments.add_argument("--recipients", type=int, default=200)
    given = arguments.parse_args()
    shop = DemoShop.open(given.url, given.data)
    if isinstance(shop, str):
        print(shop, file=sys.stderr)
        return 1
    people = customers(given.recipients)
    campaign_id = prepare(shop, people)
    forecast = shop.ask("POST", f"/api/campaigns/{campaign_id}/forecast")
    print(f"Forecast: {forecast_line(forecast)}\n")
    shop.ask("POST", f"/api/campaigns/{campaign_id}/start")
    finished = follow(shop, campaign_id, people)
    report = shop.ask("GET", f"/api/campaigns/{campaign_id}/report")
    print("\n".join(["", *report_table(report)]))
    print(f"\nLook at it again:\n  curl -H 'Authorization: Bearer {shop.key}' {shop.url}/api/campaigns/{campaign_id}")
    return 0 if finished else 1


def prepare(shop: DemoShop, people: list[Customer]) -> str:
    workflow = shop.ask("POST", "/api/workflows", {"name": "Garden table", "definition": WORKFLOW})
    shop.ask("POST", f"/api/workflows/{workflow['id']}/activate")
    body = {"name": f"Garden {time.strftime('%H:%M:%S')}", "text": TEXT, "workflow_id": workflow["id"]}
    campaign_id = shop.ask("POST", "/api/campaigns", body)["id"]
    path = f"/api/campaigns/{campaign_id}/imports"
    made = shop.upload(path, "customers.csv", customer_file(people))
    print("Columns found:")
    for column in made["columns"]:
        guess = column["guess"]
        found = f"{guess['field']} ({guess['confidence']})" if guess else "left out"
        print(f"  {column['header'] or column['index']!s:20} -> {found}")
    shop.ask("POST", f"{path}/{made['id']}/commit")
    done = shop.until(f"{path}/{made['id']}", lambda now: now["state"] in ("done", "failed"), _GIVING_UP_SECONDS)
    print("Rows:", done["rows"])
    for row in shop.ask("GET", f"{path}/{made['id']}/rejected")["items"]:
        print(f"  row {row['row']}: {row['code']}: {row['detail']}")
    return campaign_id


def follow(shop: DemoShop, campaign_id: str, people: list[Customer]) -> bool:
    """Replies as it goes, and prints a line whenever a count has changed. False if it does not finish."""
    chance = random.Random(1)
    answered: set[str] = set()
    shown, deadline = "", time.monotonic() + _GIVING_UP_SECONDS
    while time.monotonic() < deadline:
        _reply(shop, people, answered, chance)
        campaign = shop.ask("GET", f"/api/campaigns/{campaign_id}")
        holds = "".join(f"  held: {hold['reason']}" for hold in campaign["holds"])
        line = f"{_bar(campaign['counts'])}  replied {campaign['replied']}, opted out {campaign['opted_out']}{holds}"
        if line != shown:
            print(line, flush=True)
            shown = line
        if campaign["state"] == "finished" and len(answered) >= _replying(people):
            return True
        time.sleep(_LOOK_SECONDS)
    return False


def _replying(people: list[Customer]) -> int:
    return sum(customer.says is not None for customer in people)


def _reply(shop: DemoShop, people: list[Customer], answered: set[str], chance: random.Random) -> None:
    """Some of those who got the text and have something to say, say it now."""
    reached = {sms["to"] for sms in shop.carrier("GET", "/ledger", **{"from": shop.number, "limit": 100_000})["items"]}
    for customer in people:
        if customer.says is None or customer.phone_number in answered or customer.phone_number not in reached:
            continue
        if chance.random() < _REPLYING:
            answered.add(customer.phone_number)
            body = {"from": customer.phone_number, "to": shop.number, "text": customer.says}
            shop.carrier("POST", "/inbound", body)


def _bar(counts: dict[str, int]) -> str:
    total = max(1, counts["total"])
    done = counts["delivered"] + counts["failed"] + counts["skipped"]
    filled = 30 * done // total
    states = ", ".join(f"{state} {n}" for state, n in counts.items() if n and state != "total")
    return f"[{'#' * filled}{'.' * (30 - filled)}] {states}"


if __name__ == "__main__":
    sys.exit(main())
