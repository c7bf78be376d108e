"""Bytes to text. Whatever the bytes, the only error is `Invalid`; what a reader may use up is limited by the process
that it runs in (`limited`)."""
