"""Calls between services: who may make them, and the copies of other services' data."""
