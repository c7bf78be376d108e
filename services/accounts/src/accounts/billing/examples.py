"""Examples of prices, statements, ledger entries, and the jobs that go over them."""

from __future__ import annotations

from accounts.tenants.examples import CUSTOMER, OUR_NUMBER, TENANT_ID, Example

_OUT = {"US": "0.0079", "CA": "0.0085", "*": "0.05"}
_IN = {"*": "0.004"}
_FEE = {"mode": "pass_through", "markup_percent": "10"}
_TOKENS = [{"model": "gpt-4o*", "kind": "prompt", "price": "2.50", "per": 1_000_000}]
_OPERATOR = "operator"

NEW_RATE_CARD: Example = {
    "currency": "USD",
    "sms_out": _OUT,
    "sms_in": _IN,
    "carrier_fee": _FEE,
    "tokens": _TOKENS,
    "note": "spring prices",
    "valid_from": "2026-04-01T00:00:00Z",
}
RATE_CARD: Example = {
    "id": "rtc_3b9d",
    **NEW_RATE_CARD,
    "in_force": True,
    "mms_out": {},
    "mms_in": {},
    "created_at": "2026-03-20T10:00:00Z",
    "created_by": _OPERATOR,
}

_CARRIER_COST: Example = {"currency": "USD", "amount": "0.016", "amount_nano": 16_000_000}
_TOTAL: Example = {
    "currency": "USD",
    "amount": "0.0316",
    "amount_nano": 31_600_000,
    "estimated_amount": "0.00",
    "estimated_amount_nano": 0,
    "entries": 2,
    "estimated_entries": 0,
    "unpriced_entries": 0,
    "carrier_costs": [_CARRIER_COST],
}
STATEMENT: Example = {
    "tenant_id": TENANT_ID,
    "from": "2026-04-01",
    "to": "2026-04-10",
    "timezone": "America/Chicago",
    "group_by": "number",
    "items": [
        {"number": OUR_NUMBER, "kind": "sms_parts_out", "quantity": 4, "estimated_quantity": 0, **_TOTAL},
    ],
    "totals": [_TOTAL],
    "month": "2026-04",
    "projection": [
        {
            "currency": "USD",
            "amount": "0.0948",
            "amount_nano": 94_800_000,
            "amount_so_far": "0.0316",
            "amount_so_far_nano": 31_600_000,
        }
    ],
}
ENTRY: Example = {
    "ledger_key": "msg_0af1:sms_parts_out",
    "revision": 2,
    "kind": "sms_parts_out",
    "message_type": "sms",
    "purpose": "",
    "quantity": 2,
    "estimate": False,
    "unpriced": False,
    "price": "0.0079",
    "price_per": 1,
    "amount": "0.0158",
    "amount_nano": 15_800_000,
    "currency": "USD",
    "carrier_cost": {"currency": "USD", "amount": "0.008", "amount_nano": 8_000_000},
    "rate_card_id": "rtc_3b9d",
    "used_at": "2026-04-02T15:04:05Z",
    "day": "2026-04-02",
    "number": OUR_NUMBER,
    "contact": CUSTOMER,
    "country": "US",
    "message_id": "msg_0af1",
    "conversation_id": "cnv_77c2",
    "campaign_id": None,
    "assistant_id": None,
    "run_id": None,
    "model": None,
    "correlation_id": "8b8d4f4e-5a4b-4f0e-9a55-6a1c6b0f4c11",
    "source": "sender",
}
STATEMENT_CSV = (
    "number,kind,currency,quantity,amount,amount_nano,estimated_quantity,estimated_amount,entries,"
    "estimated_entries,unpriced_entries,carrier_costs\r\n"
    f"{OUR_NUMBER},sms_parts_out,USD,4,0.0316,31600000,0,0.00,2,0,0,0.016 USD\r\n"
)
_ENTRY_CELLS = ENTRY | {"estimate": "False", "unpriced": "False", "used_at": "2026-04-02T15:04:05.000+00:00"}
_ENTRY_COLUMNS = [name for name in ENTRY if name != "carrier_cost"]
ENTRIES_CSV = (
    ",".join([*_ENTRY_COLUMNS, "carrier_cost", "carrier_currency"])
    + "\r\n"
    + ",".join([*("" if _ENTRY_CELLS[name] is None else str(_ENTRY_CELLS[name]) for name in _ENTRY_COLUMNS)])
    + ",0.008,USD\r\n"
)

NEW_RECONCILIATION: Example = {"day": "2026-04-02"}
NEW_REPRICING: Example = {"from": "2026-03-01", "to": "2026-03-31"}
REPRICING: Example = {
    "id": "rpr_5d20",
    "status": "done",
    "first_day": "2026-03-01",
    "last_day": "2026-03-31",
    "requested_at": "2026-04-03T08:00:00Z",
    "requested_by": _OPERATOR,
    "started_at": "2026-04-03T08:00:01Z",
    "finished_at": "2026-04-03T08:00:09Z",
    "complete": True,
    "counts": {"looked_at": 1240, "changed": 310},
    "error_code": "",
    "error_detail": "",
}
RECONCILIATION: Example = {
    **REPRICING,
    "id": "rcn_91fe",
    "day": "2026-04-02",
    "first_day": "2026-04-02",
    "last_day": "2026-04-02",
    "counts": {"carrier_rows": 413, "ledger_rows": 413, "matched": 412, "parts_differ": 1},
}
DIFFERENCE: Example = {
    "kind": "parts_differ",
    "message_id": "msg_0af1",
    "carrier_message_id": "40385f64-5717-4562-b3fc-2c963f66afa6",
    "number": OUR_NUMBER,
    "contact": CUSTOMER,
    "at": "2026-04-02T15:04:05Z",
    "ledger": {"parts": 2, "cost": {"nano": 8_000_000, "currency": "USD"}},
    "carrier": {"parts": 3, "cost": {"nano": 8_000_000, "currency": "USD"}},
}
DIFFERENCES_CSV = (
    "kind,at,number,contact,message_id,carrier_message_id,ledger_parts,ledger_cost,ledger_currency,carrier_parts,"
    "carrier_cost,carrier_currency\r\n"
    f"parts_differ,2026-04-02T15:04:05.000+00:00,{OUR_NUMBER},{CUSTOMER},msg_0af1,"
    "40385f64-5717-4562-b3fc-2c963f66afa6,2,0.008,USD,3,0.008,USD\r\n"
)
