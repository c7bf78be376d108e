"""Assistants, and what they answer"""
