"""What every service's HTTP side shares: the app, errors, paging, idempotency, health."""
