"""The installation as its operator sees it: all services, their queues, dead letters and carriers."""
