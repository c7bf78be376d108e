"""The pretend Telnyx: accounts, sending with its idempotency rules, receipts, inbound texts, detail records."""
