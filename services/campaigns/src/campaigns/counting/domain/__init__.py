"""Decisions about replies, opt-outs and tallies. No I/O."""
