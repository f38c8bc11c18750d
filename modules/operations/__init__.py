"""Changing what a module's time looks like: revise a phase, declare a closure, load an ephemeris.

Each verb runs in one transaction with the module owned, and keeps what was said before. What such a change does to
bookings is not known here: `bookings.replanning` calls these and looks.
"""
