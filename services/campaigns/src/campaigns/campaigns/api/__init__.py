"""`/api/campaigns`: campaigns, their states and their recipients."""
