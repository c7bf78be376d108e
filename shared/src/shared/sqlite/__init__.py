"""What the embedded broker and the embedded database share: one SQLite file, its writer thread, its troubles."""
