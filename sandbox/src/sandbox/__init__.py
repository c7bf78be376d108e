"""A pretend outside world: a carrier, a model, a phone"""
