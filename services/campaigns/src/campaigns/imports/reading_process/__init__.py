"""A process that reads one large file, and the pipes between it and the service."""
