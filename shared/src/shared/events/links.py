"""Signed references that travel through the carrier and come back: connection ids and receipt tokens.

Accounts makes connection ids, sender puts receipt tokens into a message's own webhook address, ingress checks both
without asking another service, so that garbage costs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from shared.keyring import Keyring

_CONNECTION, _RECEIPT = "connection", "receipt"


def connection_id(keyring: Keyring, unique: str) -> str:
    """`con_<unique>.<code>`; `unique` is letters and digits."""
    return f"con_{unique}.{keyring.mac(_CONNECTION, unique)}"


def is_connection_id(keyring: Keyring, text: str) -> bool:
    """Whether this installation made this id."""
    unique, dot, code = text.removeprefix("con_").partition(".")
    return bool(dot) and text.startswith("con_") and keyring.mac_is_valid(_CONNECTION, unique, code)


@dataclass(frozen=True)
class ReceiptToken:
    """Which message of which tenant a delivery receipt is about."""

    tenant_id: str
    message_id: str


def receipt_query(keyring: Keyring, token: ReceiptToken) -> str:
    """The query string (without `?`) for a message's webhook address. Ids of ours need no escaping."""
    code = keyring.mac(_RECEIPT, f"{token.tenant_id}|{token.message_id}")
    return f"t={token.tenant_id}&m={token.message_id}&k={code}"


def read_receipt(keyring: Keyring, tenant_id: str, message_id: str, code: str) -> ReceiptToken | None:
    """The token if its code is ours, else None."""
    if tenant_id and message_id and keyring.mac_is_valid(_RECEIPT, f"{tenant_id}|{message_id}", code):
        return ReceiptToken(tenant_id, message_id)
    return None
