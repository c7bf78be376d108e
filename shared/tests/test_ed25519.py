"""An Ed25519 key that lets anybody sign is no key."""

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from shared.ed25519 import usable_ed25519_key

P = 2**255 - 19
_SIGN = 1 << 255
_Y_OF_ORDER_8 = int.from_bytes(
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"
)
SMALL_ORDER = [y | sign for y in (0, 1, P - 1, _Y_OF_ORDER_8, P - _Y_OF_ORDER_8, P, P + 1) for sign in (0, _SIGN)]
"""Every encoding of the eight points of small order, those with y ≥ p and a sign on x = 0 included."""
NOT_CANONICAL = [P + y for y in range(19)]


def encoded(number: int) -> bytes:
    return number.to_bytes(32, "little")


@pytest.mark.parametrize("seed", [bytes(32), bytes(range(32)), b"\xff" * 32])
def test_a_generated_key_is_usable(seed: bytes) -> None:
    assert usable_ed25519_key(Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw())


@pytest.mark.parametrize("number", SMALL_ORDER + NOT_CANONICAL)
def test_small_order_and_other_spellings_are_refused(number: int) -> None:
    assert not usable_ed25519_key(encoded(number))


@pytest.mark.parametrize("raw", [b"", bytes(31), bytes(33), encoded(2)], ids=["none", "short", "long", "no point"])
def test_what_is_no_point_is_refused(raw: bytes) -> None:
    assert not usable_ed25519_key(raw)


def test_without_the_check_one_signature_fits_many_messages_under_a_zero_key() -> None:
    """Why the check exists: R = A = the zero key, S = 0 verifies wherever the hash is divisible by the order, 4."""
    key, signature = Ed25519PublicKey.from_public_bytes(bytes(32)), bytes(64)
    fits = 0
    for n in range(200):
        try:
            key.verify(signature, b"forged %d" % n)
            fits += 1
        except InvalidSignature:
            pass
    assert fits > 0


@pytest.mark.parametrize("y", [_Y_OF_ORDER_8, P - _Y_OF_ORDER_8])
def test_the_points_of_order_8_are_what_they_are_called(y: int) -> None:
    """They lie on the curve -x² + y² = 1 + d x² y², and twice the point has y = 0, which is order 4."""
    d = -121665 * pow(121666, -1, P) % P
    x2 = (y * y - 1) * pow(d * y * y + 1, -1, P) % P
    assert pow(x2, (P - 1) // 2, P) == 1, "no point has this y"
    y2 = (y * y + x2) * pow(1 - d * x2 * y * y, -1, P) % P  # of twice the point
    assert y2 == 0, "twice a point of order 8 has order 4, so y = 0"
