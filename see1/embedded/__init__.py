"""The embedded PostgreSQL and Redis, and the processes that `make run` starts."""
