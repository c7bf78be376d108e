"""Brokers: one protocol, an embedded one on SQLite and RabbitMQ behind it."""
