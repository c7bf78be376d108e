"""Everything that is kept of one person, as one JSON document (docs/privacy.md)."""
