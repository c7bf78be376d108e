"""Usage, prices and the bill: one ledger entry per quantity, priced by the tenant's rate card."""
