"""The customer's other channels: a pretend Chatwoot and a pretend Postmark that post their webhooks to Parley."""
