"""Decisions on guides: values in, values out."""
