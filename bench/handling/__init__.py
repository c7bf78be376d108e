"""Event handling per service, from a full queue, beside a floor on the same broker and database."""
