"""What every Parley service stands on. A business word is here only where two services must decide alike."""
