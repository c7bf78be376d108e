"""What runs a service: consume, serve, relay, health; and how services read each other."""

from shared.service.service import Platform, Service

__all__ = ["Platform", "Service"]
