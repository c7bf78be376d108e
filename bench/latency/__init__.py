"""How long one text takes from the webhook to the carrier, beside the unavoidable round trips alone."""
