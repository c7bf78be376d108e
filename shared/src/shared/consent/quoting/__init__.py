"""Words that are not the writer's own: reactions, quoted lines, automatic replies."""
