"""That something changed which calendars show: what tells a client that what it has is still so.

Triggers leave a mark, a random number, in the transaction of every change: for each day that a change of bookings
touches, or for no day where all may look different (a closure, elements, a relay). The sum of the marks that a reader
sees stands for what it sees: another change, another sum. Marks are only added, so writers never wait for each other
here, and a change that is not committed has none. `modules.marks` asks for them and folds old ones together.
"""

from django.db import models


class Mark(models.Model):
    # No foreign key: it would lock the module's row, and a mark outlives nothing.
    module_id = models.BigIntegerField(null=True, help_text="Empty where it is of all.")
    day = models.DateField(null=True, help_text="In GMT; empty where it is of all days.")
    mark = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["module_id", "day"], include=["mark"], name="mark_by_day")]

    def __str__(self) -> str:
        return f"{self.module_id} {self.day}"
