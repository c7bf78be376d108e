"""Campaigns and their recipients: who is texted, when, how far it has come, and what a person may do meanwhile."""
