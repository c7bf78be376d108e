"""Decisions on imports: what a column is, what a row means, and how far an import has come. No I/O."""
