"""What accounts asks of the carrier: numbers, connections, detail records; and the rotation of its keys."""
