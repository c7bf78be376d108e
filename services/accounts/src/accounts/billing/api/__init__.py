"""The HTTP API of usage, rate cards and billing jobs."""
