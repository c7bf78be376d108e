"""One delivery from broker to handler: order per key, retries, dead letters."""
