"""Every service in one process"""
