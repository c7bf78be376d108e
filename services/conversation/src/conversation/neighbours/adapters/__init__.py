"""One file per neighbour: its signature, and its payload as an activity. All of them are pure."""
