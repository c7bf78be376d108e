"""What a password must be. Length protects; rules about digits and symbols only make people write it down."""

from __future__ import annotations

import unicodedata

from shared.errors import Invalid

SHORTEST, LONGEST = 10, 200
_FIRST_TRIED = """
    1234567890 12345678910 123456789a 0123456789 0987654321 1q2w3e4r5t 1qaz2wsx3edc q1w2e3r4t5 qwertyuiop qwerty1234
    qwerty12345 qwerty123456 qwertyuiop123 asdfghjkl1 password12 password123 password1234 password12345 passw0rd123
    passwort123 mypassword changeme123 letmein123 welcome123 welcome1234 iloveyou123 abcd123456 abc1234567 a123456789
    administrator superman123 football123 sunshine123 princess123 dragon1234 monkey1234 trustno1trustno1 baseball123
    michael123 charlie123 computer123 internet123 whatever123 starwars123"""
_COMMON = frozenset(_FIRST_TRIED.split())


def normalised(password: str) -> str:
    """One encoding for text that looks and types the same on different keyboards (NIST SP 800-63B)."""
    return unicodedata.normalize("NFKC", password)


def check_password(password: str, email: str) -> str:
    """The password as it is hashed. Raises `Invalid("weak_password")` with what to do."""
    text = normalised(password)
    plain = text.casefold()
    if not SHORTEST <= len(text) <= LONGEST:
        raise Invalid("weak_password", f"A password has {SHORTEST} to {LONGEST} characters.")
    if plain in (email, email.partition("@")[0]) or email in plain:
        raise Invalid("weak_password", "The password must not be the e-mail address.")
    if plain in _COMMON or len(set(plain)) < 4:
        raise Invalid("weak_password", "This password is among the first that attackers try; choose another.")
    return text
