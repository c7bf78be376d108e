"""What every Parley service stands on. Small and boring: no business word outside `events`."""
