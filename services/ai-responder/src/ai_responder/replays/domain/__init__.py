"""Decisions on replays: values in, values out."""
