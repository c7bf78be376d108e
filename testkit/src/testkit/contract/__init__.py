"""What the contract suites of brokers and databases run on."""
