"""Which fields of an event a listener sees, and how frames look on the wire. No I/O."""
