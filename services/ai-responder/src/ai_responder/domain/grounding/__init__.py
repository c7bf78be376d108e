"""Whether what an answer states stands in a text of the business or of the customer.

Found are prices, percentages, dates, times, days, durations, other numbers and promises, in English and Spanish. A
statement is grounded where the same value stands in a source, in any spelling. Which thing the value belongs to is not
compared: a price of another item passes.
"""
