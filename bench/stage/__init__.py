"""What the HTTP benchmarks and the faults are played on: the application as production runs it, filled and asked.

`server` starts it, `tables` fills it by SQL, `clients` ask it, `rows` prints what was found beside what is promised.
"""
