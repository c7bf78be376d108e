"""The pretend OpenAI-compatible model: deterministic, cheap, and honest about being one."""
