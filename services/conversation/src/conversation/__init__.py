"""Decides which conversation a text belongs to and whether an answer is wanted; the person, STOP and time win over it.

Owns threads (tenant, our number, contact) with their conversations, messages and drafts, contacts, guides, the consent
ledger and what customers did on other channels.
"""
