"""Earned autopilot of the tenant's guides: people's judgements, and whether answers may go out by themselves."""
