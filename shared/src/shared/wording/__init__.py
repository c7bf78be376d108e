"""Comparing wordings."""
