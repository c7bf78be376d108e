"""campaigns counts, for each campaign, the recipients who were reached, replied or opted out, and owns these figures.

So far it only counts texts that other services send; creating and running campaigns comes later.
"""
