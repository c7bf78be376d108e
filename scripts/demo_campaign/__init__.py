"""`make demo-campaign`: a campaign from a customer list to its report, against a running sandbox installation."""
