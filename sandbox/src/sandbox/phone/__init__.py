"""One page: a customer's phone, to type on and to see what comes back."""
