"""What workflow runs do in a thread: they wait for answers, take texts, hand over; and which texts start one."""
