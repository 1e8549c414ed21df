"""The command that says what cannot be planned and why; it joins the commands of the planner."""

from pathlib import Path

import click

from eventweek.cli.plan import FILE, content_of, faults_said, plan, told

SECONDS = 20.0


@plan.command()
@click.argument("problem", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="Print JSON with both languages, the file's faults among it.")
def precheck(problem: Path, as_json: bool) -> None:
    """Say at once what of PROBLEM is certain to fail, before any search; exit 1 if anything is."""
    from eventweek.cli import explaining  # heavy

    if as_json:
        click.echo(explaining.glance(content_of(problem)))
        return
    with faults_said(problem):
        found = explaining.at_a_glance(explaining.read_problem(content_of(problem)))
    for item in found:
        for sentence in explaining.lines_of(item):
            click.echo(told(sentence))
    raise SystemExit(bool(found))


@plan.command()
@click.argument("problem", type=FILE)
@click.argument("solution", type=FILE, required=False)
@click.option(
    "--seconds", type=click.FloatRange(0, min_open=True), default=SECONDS, show_default=True, help="Stop proving then."
)
@click.option("--english", is_flag=True, help="Say it in English; otherwise in Chinese.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON with both languages.")
def explain(problem: Path, solution: Path | None, seconds: float, english: bool, as_json: bool) -> None:
    """Say what of PROBLEM cannot be planned, which sessions stand in each other's way, and the cheapest cures.

    Without SOLUTION a plan is made first. Exit 1 if a session is left without a place.
    """
    from eventweek.cli import explaining  # heavy

    with faults_said(problem):
        week = explaining.read_problem(content_of(problem))
    with faults_said(solution or problem):
        account = explaining.account_of(week, content_of(solution) if solution else None, seconds)
    if as_json:
        click.echo(explaining.encoded(account))
    else:
        for line in explaining.lines(account):
            click.echo(line[1 if english else 0])
    raise SystemExit(bool(account.unplaced))
