"""Who may be texted: reading opt-outs, the ledger of consent, and the current state."""
