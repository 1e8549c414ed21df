"""Commands between the planner's files and the week in the database; they join the commands of the planner."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo

import click

from eventweek import create_app
from eventweek.audit.actors import SYSTEM
from eventweek.cli.frame import said, settings, spoken
from eventweek.cli.plan import FILE, content_of, faults_said, plan, put, told
from eventweek.kernel.clock import now
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.planner.problem import Mode, encode
from eventweek.programme.models import Week
from eventweek.programme.queries import find_week
from eventweek.replanning.queries.problem import week_problem
from eventweek.scheduling.actions.applying import apply_solution, keep_solution
from eventweek.scheduling.solutions import Solved


@plan.command()
@click.argument("week")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Default: standard output.")
@click.option("--mode", type=click.Choice(get_args(Mode)), default="full", show_default=True, help="What may move.")
def export(week: str, output: Path | None, mode: Mode) -> None:
    """Write WEEK as a problem for the planner: its programme, places, people, and who has registered."""
    with _refusals_said():
        content = encode(week_problem(_week(week), mode)) + b"\n"
    if output:
        put(output, content)
    else:
        click.echo(content, nl=False)


@plan.command()
@click.argument("week")
@click.argument("solution", type=FILE)
@click.option("--scenario", default="", metavar="NAME", help="How the new scenario is called; default: by the time.")
@click.option("--working", is_flag=True, help="Into the working plan itself instead; twice changes nothing.")
def apply(week: str, solution: Path, scenario: str, working: bool) -> None:
    """Take SOLUTION into WEEK as a new scenario. The public sees nothing of it before a release."""
    if working and scenario:
        raise click.UsageError(told(("--working 和 --scenario 只能选一个。", "Choose --working or --scenario.")))
    with faults_said(solution):
        solved = _solved(content_of(solution))
    with _refusals_said():
        own = _week(week)
        if not working:
            made = keep_solution(own.id, solved, scenario or _usual_name(own), actor=SYSTEM)
            click.echo(told((f"已存为方案“{made.name}”。", f"Kept as the scenario “{made.name}”.")))
            return
        done = apply_solution(own.id, solved, actor=SYSTEM)
    click.echo(
        told(
            (
                f"新排 {done.placed} 场，移动 {done.moved} 场，撤下 {done.removed} 场，不变 {done.kept} 场。",
                f"{done.placed} placed, {done.moved} moved, {done.removed} taken out, {done.kept} as before.",
            )
        )
    )
    if done.off:
        click.echo(
            told((f"{done.off} 场已取消或归档，没有动。", f"{done.off} are cancelled or archived and were left alone."))
        )


def _solved(content: bytes) -> Solved:
    from eventweek.planner.filed import read_plan  # heavy

    filed = read_plan(content)
    log = filed.log
    return Solved(
        tuple((place.session, place.room, place.start) for place in filed.assignments),
        tuple(one.id for one in filed.unplaced),
        log.event if log else "",
        log.start if log else "",
    )


def _usual_name(week: Week) -> str:
    at = f"{now().astimezone(ZoneInfo(week.timezone)):%m-%d %H:%M}"
    return told((f"导入的方案（{at}）", f"Imported plan ({at})"))


def _week(code: str) -> Week:
    own = find_week(code)
    if own is None:
        raise Refusal("week.not_found")
    return own


@contextmanager
def _refusals_said() -> Iterator[None]:
    """Work in the application; say a refusal instead of a trace."""
    with create_app(settings(), doors=False).app_context():
        try:
            yield
        except Invalid as invalid:
            lines = [f"{error.field}: {said(error.code, error.facts)}" for error in invalid.errors]
            raise click.ClickException("\n".join(lines)) from invalid
        except Refusal as refusal:
            raise click.ClickException(spoken(refusal)) from refusal
