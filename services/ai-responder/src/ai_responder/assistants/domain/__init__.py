"""Decisions on assistants: values in, values out."""
