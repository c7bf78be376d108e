"""SendGrid's Inbound Parse webhook: one e-mail as a multipart form, with its attachments as files.

    from=Ada <ada@engines.example>  to=orders@parse.bakery.example  subject=Saturday's cake  text=…  html=…
    headers=Received: …\\nMessage-ID: <…>\\n…  envelope={"to":["…"],"from":"…"}  spam_score=0.4  attachments=1
    charsets={"to":"UTF-8","subject":"UTF-8","from":"UTF-8","text":"iso-8859-1"}

Signed where a security policy is attached to the parse setting: `X-Twilio-Email-Event-Webhook-Signature` (base64) is an
ECDSA signature, under the public key that SendGrid shows, over `X-Twilio-Email-Event-Webhook-Timestamp` and the raw
body.
"""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from email.parser import HeaderParser
from email.policy import compat32

import orjson
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import load_der_public_key

from conversation.neighbours.domain.heard import Heard, Ignored
from conversation.neighbours.domain.mail import Mail, heard_of
from conversation.neighbours.domain.neighbour import Neighbour
from conversation.neighbours.post import Post
from shared.errors import Invalid
from shared.lenient_json import obj, word

STAMP = "x-twilio-email-event-webhook-timestamp"
_SIGNATURE = "x-twilio-email-event-webhook-signature"
_LONGEST_HEADERS = 64 * 1024


def is_genuine(secret: str, post: Post) -> bool:
    try:
        signature = base64.b64decode(post.headers.get(_SIGNATURE, ""), validate=True)
        _public_key(secret).verify(signature, post.digest, ECDSA(Prehashed(hashes.SHA256())))
    except (binascii.Error, ValueError, InvalidSignature, Invalid):
        return False
    return bool(post.headers.get(STAMP))


def check_key(secret: str) -> None:
    """Raises `Invalid("invalid_secret")` for what is no public key of an elliptic curve."""
    _public_key(secret)


def hear(post: Post, neighbour: Neighbour, now: datetime) -> Heard:
    if "email" in post.fields and "text" not in post.fields and "html" not in post.fields:
        return Ignored(reason="raw_mime")
    charsets = _charsets(post.text("charsets"))

    def field(name: str) -> str:
        return post.text(name, charsets.get(name, "utf-8"))

    mail = Mail(
        sender=field("from"),
        to=field("to"),
        subject=field("subject")[:1_000],
        text=field("text"),
        html=field("html"),
        headers=_headers(field("headers")),
        attachments=post.files,
        spam_score=_score(post.text("spam_score")),
    )
    return heard_of(mail, neighbour, now)


def _public_key(text: str) -> EllipticCurvePublicKey:
    try:
        key = load_der_public_key(base64.b64decode("".join(text.split()), validate=True))
    except (binascii.Error, ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, EllipticCurvePublicKey):
        raise Invalid("invalid_secret", "`secret` is not the public key that SendGrid shows for its signature")
    return key


def _charsets(told: str) -> dict[str, str]:
    try:
        found = obj(orjson.loads(told))
    except orjson.JSONDecodeError:
        return {}
    return {name: word(charset, 40) or "utf-8" for name, charset in found.items()}


def _headers(block: str) -> tuple[tuple[str, str], ...]:
    parsed = HeaderParser(policy=compat32).parsestr(block[:_LONGEST_HEADERS], headersonly=True)
    return tuple((name, " ".join(str(value)[:2_000].split())) for name, value in parsed.items()[:200])


def _score(told: str) -> float:
    try:
        return float(told[:20] or 0)
    except ValueError:
        return 0.0
