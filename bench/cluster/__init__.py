"""`make cluster`: many machines on one, without containers, and what they keep of their word while each of them dies.

Two web hosts behind nginx, PgBouncer in transaction mode, a PostgreSQL primary with a synchronous replica, Redis, two
Celery workers by queue, two beats. While eight clients book, one of each is killed, and last the primary for good.
"""
