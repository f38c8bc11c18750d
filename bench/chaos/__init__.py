"""Faults in a running stack while eight partners book: what they are answered, and what the database says afterwards.

`python -m bench.chaos`, or `make chaos`.
"""
