"""Turns genuine carrier webhooks into events"""
