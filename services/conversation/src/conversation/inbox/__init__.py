"""The list of conversations: filters, search over every message and contact, pages that stay put."""
