"""Counting judgements, and saying what the counts are worth."""
