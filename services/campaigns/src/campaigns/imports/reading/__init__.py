"""Bytes to rows: encodings, delimiters and workbooks. Whatever the bytes, the only error is `Invalid`."""
