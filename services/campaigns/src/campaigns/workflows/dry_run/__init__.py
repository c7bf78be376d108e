"""Dry runs: a whole list goes through a workflow in virtual time, with replies from a script. Nothing is sent."""
