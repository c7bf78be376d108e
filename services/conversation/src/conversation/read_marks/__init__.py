"""What each user has read. A mark belongs to one user; marking as read changes no conversation."""
