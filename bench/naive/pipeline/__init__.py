"""What a competent developer writes in a day: FastAPI, RabbitMQ, PostgreSQL, httpx. No promises.

Connections are pooled, messages persistent and confirmed, deliveries acknowledged after the work, the database as
durable as it comes. What is missing is what Parley is for: nothing keeps a repeated delivery from a second SMS, a STOP
from being answered, or a row from staying `queued` for good.
"""
