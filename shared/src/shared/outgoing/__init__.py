"""Requests to servers outside: the model and the carrier."""
