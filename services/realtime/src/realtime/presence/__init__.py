"""Who looks at which conversation: told to the streams of the tenant, never stored."""
