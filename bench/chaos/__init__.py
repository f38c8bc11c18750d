"""Faults in a running stack while eight partners book: what they are answered, and what the database says afterwards.

`make chaos`, or `python -m bench.chaos` with words of some faults' names for these alone.
"""
