"""campaigns: what became of campaign texts. For now it watches and counts; making and running campaigns comes later.

Decides who of a campaign's recipients was reached, answered or opted out, and owns those figures.
"""
