"""Whether a problem can be planned as it is written: what it names exists, what it says does not contradict itself."""

from collections.abc import Sequence

from eventweek.planner.check import names, numbers, order, pins
from eventweek.planner.constraints import RULES
from eventweek.planner.constraints.rule import Rule
from eventweek.planner.modes import as_meant
from eventweek.planner.problem import BadProblem, Problem
from eventweek.planner.reading import Fault


def check(problem: Problem, rules: Sequence[Rule] = RULES) -> None:
    """Raise `BadProblem` with everything that makes a problem unplannable; `rules` are those it may set."""
    faults = find_faults(problem, rules)
    if faults:
        raise BadProblem(faults)


def find_faults(problem: Problem, rules: Sequence[Rule] = RULES) -> list[Fault]:
    """Return a sentence for each thing that makes a problem unplannable as it is written, with its cure."""
    meant = as_meant(problem)
    return [
        *numbers.find(problem),
        *names.find(problem, rules),
        *order.find(problem),
        *pins.find(meant),
    ]
