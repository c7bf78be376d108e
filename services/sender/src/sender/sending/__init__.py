"""From the next message of a lane to the carrier's answer: gates, claim, request, record."""
