"""Replays: what two versions of an assistant would have answered to texts of the past. Nothing is sent."""
