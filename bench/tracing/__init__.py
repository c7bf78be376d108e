"""What traces cost, with a collector that looks at none of them."""
