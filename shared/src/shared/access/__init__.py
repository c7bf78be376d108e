"""Who may call what: principals, the gate in front of routes, and the security schemes OpenAPI shows."""
