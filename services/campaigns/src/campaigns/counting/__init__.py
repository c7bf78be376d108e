"""Counts the recipients who were reached, replied or opted out, for each campaign id."""
