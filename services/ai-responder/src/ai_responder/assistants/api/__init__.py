"""Routes of `/api/assistants` and their shapes."""
