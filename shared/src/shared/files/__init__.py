"""Files of tenants, kept in the service's own database, so that any instance can go on with them."""

from shared.files.store import CHUNK_BYTES, FileStore, StoredFile

__all__ = ["CHUNK_BYTES", "FileStore", "StoredFile"]
