"""Neighbours: live chat and inbound e-mail that post their own webhooks here, read as `contact.activity`.

webhook -> `hooks.py` (token, limits, signature) -> `adapters/<neighbour>.py` -> `activities/reporting.py`.
"""
