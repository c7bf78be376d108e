"""Who may call what: principals, the check in front of routes, and the security schemes that OpenAPI shows."""
