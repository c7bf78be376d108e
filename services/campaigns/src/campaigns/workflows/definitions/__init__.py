"""The workflows of a tenant: their versions, and which of them new runs start with."""
