"""Decisions about replies, opt-outs and tallies, without I/O."""
