"""Contacts on every channel: one person across phone numbers, e-mail addresses and ids of other systems."""
