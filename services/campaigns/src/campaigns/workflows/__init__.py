"""Workflows: what a text, a campaign or a program starts for one person, and each person's way through it."""
