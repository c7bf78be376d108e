"""Requests to servers outside: the model, the carrier, and addresses that tenants and customers name."""
