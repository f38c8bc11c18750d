"""Why no window was found: what each requirement alone rules out, and what would be had without it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bookings.search import sentences
from bookings.search.grid import Grid, Mask, greedy, to_us
from bookings.search.requirements import Case, Requirement
from bookings.search.result import Reason


def reasons(case: Case, found: Sequence[Requirement]) -> tuple[Reason, ...]:
    """A reason for each requirement that rules out any of the span, the heaviest first.

    Ruled out is what lies in no window of the asked length, on the grid of starts, that satisfies the requirement
    in any of the zones.
    """
    if not case.grid.count:
        excluded = case.request.span.duration.total_seconds()
        return (Reason("duration", excluded, sentences.duration(case.request, case.ground), 0),)
    ahead = case.grid.everywhere()  # no wish undone brings back what is past
    ahead[: int(case.grid.first_after(to_us(case.at)))] = False
    coverable_us = case.grid.covered_us(case.grid.everywhere())
    said = []
    for requirement in found:
        excluded_us = coverable_us - case.grid.covered_us(_in_any(requirement))
        if excluded_us:
            others = [other for other in found if other is not requirement]
            without = sum(len(greedy(case.grid, mask & ahead)) for mask in satisfied(case, others))
            said.append(Reason(requirement.name, excluded_us / 1e6, requirement.detail(), without))
    return tuple(sorted(said, key=lambda reason: -reason.excluded_seconds))


def satisfied(case: Case, found: Sequence[Requirement]) -> list[Mask]:
    """For each target, where it satisfies all of `found`. What is the same for all is put together once."""
    everyones = [requirement for requirement in found if _is_shared(requirement)]
    own = [requirement for requirement in found if not _is_shared(requirement)]
    met = all_of(case.grid, [requirement.masks[0] for requirement in everyones if requirement.masks])
    return [all_of(case.grid, [met, *(one.masks[i] for one in own)]) for i in range(len(case.targets))]


def _is_shared(requirement: Requirement) -> bool:
    return all(mask is requirement.masks[0] for mask in requirement.masks)


def _in_any(requirement: Requirement) -> Mask:
    """Where any target satisfies it."""
    each = list({id(mask): mask for mask in requirement.masks}.values())
    found: Mask = np.logical_or.reduce(each)
    return found


def all_of(grid: Grid, masks: Sequence[Mask]) -> Mask:
    met = masks[0].copy() if masks else grid.everywhere()
    for mask in masks[1:]:
        met &= mask
    return met
