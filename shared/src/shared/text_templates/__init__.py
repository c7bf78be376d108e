"""Texts with `{variables}`: campaigns, workflows and canned replies read them by the same rules."""
