"""Commands of the planner, over the files of docs/planner-format.md; they need no database."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import get_args

import click
from msgspec.structs import replace

from eventweek.cli.frame import LateGroup, main, speaks
from eventweek.planner.problem import BadProblem, Mode
from eventweek.planner.reading import Fault

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


MODULES = {"apply": "plan_week", "explain": "plan_explain", "export": "plan_week", "precheck": "plan_explain"}


@main.group(cls=LateGroup, late=MODULES)
def plan() -> None:
    """Plan a week that a file describes, or check a plan."""


@plan.command()
@click.argument("problem", type=FILE)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="SOLUTION.json")
@click.option(
    "--seconds", type=click.FloatRange(0, min_open=True), help="Stop then; default: as PROBLEM says, else 30."
)
@click.option(
    "--iterations",
    type=click.IntRange(1),
    help="Steps of each chain of the search; without --seconds the same file every time.",
)
@click.option("--seed", type=int, help="Where chance begins; default: as PROBLEM says, else 0.")
@click.option("--mode", type=click.Choice(get_args(Mode)), help="Default: as PROBLEM says, else full.")
@click.option(
    "--progress", type=click.Path(dir_okay=False, path_type=Path), help="A file of JSON lines: how far it is."
)
@click.option("--account", type=click.Path(dir_okay=False, path_type=Path), help="A JSON file: what was seen, and why.")
def solve(
    problem: Path,
    output: Path,
    seconds: float | None,
    iterations: int | None,
    seed: int | None,
    mode: Mode | None,
    progress: Path | None,
    account: Path | None,
) -> None:
    """Find the best plan for PROBLEM and write it.

    Ctrl-C stops the search and keeps the best so far. Mode fill places the rest around what is published; repair moves
    as little of it as it can. The account holds what `plan precheck` and `plan explain` say, from one and the same run.
    """
    from eventweek.cli import accounting, planning  # heavy

    if not output.absolute().parent.is_dir():
        raise click.UsageError(told(_no_folder(output)))
    if account:
        put(account, accounting.before(content_of(problem)))
    with faults_said(problem):
        week = planning.read_problem(content_of(problem))
        until = planning.limits(week.limits, seconds, iterations, seed)
        solution = planning.solve(week, until, mode or week.mode, progress)
    put(output, planning.encode(solution) + b"\n")
    if account and solution.unplaced:
        put(account, accounting.after(replace(week, mode=solution.log.mode), solution, account.read_bytes()))
    for line in planning.summary(solution):
        click.echo(told(line))


@plan.command()
def prepare() -> None:
    """Compile the planner for this machine; without it the first plan takes half a minute longer."""
    from eventweek.planner.prepare import prepare  # heavy

    prepare()


@plan.command()
@click.argument("problem", type=FILE)
@click.argument("solution", type=FILE)
def check(problem: Path, solution: Path) -> None:
    """Print the score of SOLUTION and everything that its plan breaks; exit 1 if any of it is hard."""
    from eventweek.cli import planning  # heavy

    with faults_said(problem):
        week = planning.read_problem(content_of(problem))
    with faults_said(solution):
        verdict = planning.judge(week, content_of(solution))
    for line in planning.report(verdict):
        click.echo(told(line))
    raise SystemExit(verdict.is_broken)


class _Unreadable(click.ClickException):
    """A file that cannot be used: like wrong usage, exit 2."""

    exit_code = 2


def told(sentence: Fault) -> str:
    """Return a sentence in the terminal's language."""
    return sentence[0] if speaks() == "zh" else sentence[1]


def content_of(file: Path) -> bytes:
    """Return what a file holds; one that cannot be read is said, exit 2."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise _Unreadable(
            told((f"读不了“{file}”：{error.strerror}。", f"“{file}” cannot be read: {error.strerror}."))
        ) from error


def put(file: Path, content: bytes) -> None:
    """Write a file; one that cannot be written is said, exit 2."""
    try:
        file.write_bytes(content)
    except OSError as error:
        raise _Unreadable(told(_no_folder(file))) from error


@contextmanager
def faults_said(file: Path) -> Iterator[None]:
    """Say every fault of a file instead of a trace, and exit 2."""
    try:
        yield
    except BadProblem as bad:
        click.echo(told((f"“{file}”有 {len(bad.faults)} 处问题：", f"Faults in “{file}”: {len(bad.faults)}")), err=True)
        for fault in bad.faults:
            click.echo(f"- {told(fault)}", err=True)
        raise SystemExit(2) from bad


def _no_folder(output: Path) -> Fault:
    return (
        f"不能写“{output}”。请换一个存在且可写的文件夹。",
        f"“{output}” cannot be written. Choose a folder that exists and may be written to.",
    )
