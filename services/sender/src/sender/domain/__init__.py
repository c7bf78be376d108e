"""Sender's decisions: pure functions on frozen values. No I/O, no clock, no random ids."""
