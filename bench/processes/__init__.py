"""Processes that the bench starts, and what they and their descendants use."""
