"""Live events for dashboards"""
