"""Canned replies: texts with variables that agents send again and again."""
