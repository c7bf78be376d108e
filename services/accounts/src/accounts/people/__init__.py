"""Users, their roles, sign-in and sessions."""
