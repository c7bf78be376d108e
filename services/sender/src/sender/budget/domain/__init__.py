"""Decisions about money: what is reserved, what counts, and what a batch of notes changes."""
