"""Campaigns and workflows"""
