"""Decides which conversation a text belongs to and whether it needs an answer. A person, a STOP or a deadline overrides
the assistant.

Owns threads (tenant, our number, contact) with their conversations, messages and drafts, contacts, guides, the consent
ledger and customers' activities on other channels.
"""
