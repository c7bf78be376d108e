"""What tests of several members share: servers to test against, contract suites, small tools. Not for production."""
