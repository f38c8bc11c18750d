"""What the processes themselves keep: who of them starts the clock's work."""

from django.db import models


class BeatLease(models.Model):
    """Which beat may start tasks, and until when by the database's clock (`see1.beat`)."""

    name = models.CharField(max_length=40, primary_key=True)
    holder = models.CharField(max_length=200)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name}: {self.holder} until {self.until:%H:%M:%S}"
