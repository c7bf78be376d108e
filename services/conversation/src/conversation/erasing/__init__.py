"""Erasing a person for a privacy request: here, and by `contact.erased` in every service (docs/privacy.md)."""
