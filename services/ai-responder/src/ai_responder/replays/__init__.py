"""Replays: what two versions of an assistant would have answered to texts that people have answered. Nothing is sent."""
