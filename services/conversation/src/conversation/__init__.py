"""Threads, conversations, messages and when an answer is wanted"""
