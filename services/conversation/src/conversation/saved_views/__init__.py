"""Filters of the list of conversations that users keep under a name, each for themselves."""
