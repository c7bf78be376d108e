"""Tenant-wide guides: what the assistant is to do in which kind of conversation, and which of them applies."""
