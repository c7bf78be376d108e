"""What a campaign writes: texts with `{variables}`, their parts, and how they look for each recipient."""
