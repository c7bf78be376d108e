"""From a message whose turn it is to the carrier's answer: gates, claim, request, record."""
