"""The list of conversations: by what it is filtered."""
