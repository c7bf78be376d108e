"""Searching: what texts and contacts are filed under, what a query asks for, and where it was found."""
