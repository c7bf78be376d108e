"""kill -9 of processes and servers in the middle of the work, and what must hold afterwards."""
