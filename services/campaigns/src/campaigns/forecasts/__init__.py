"""What a campaign will do, computed before it starts and without sending anything: who is skipped and why, parts, cost,
when it finishes. Also where its recipients come from besides files."""
