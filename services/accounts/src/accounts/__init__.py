"""Tenants, numbers, carrier connections, access and the bill"""
