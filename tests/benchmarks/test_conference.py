"""The conference adapter's score is that of the independent evaluator, rule by rule."""

import json
import random
from pathlib import Path
from typing import Any

import pytest

from benchmarks import conference
from benchmarks.conference_rules import FAMILY, Talks
from benchmarks.planning import BadInput
from eventweek.planner import matches
from eventweek.planner.matches import Plan, Stand
from eventweek.planner.model import Model
from tests.benchmarks.shared_tools import load_tool

NAMES = ["18talks-6timeslots-5rooms", "36talks-12timeslots-5rooms", "72talks-12timeslots-10rooms"]
TAGS = ["Recorded", "Large", "After lunch", "Quiet"]


def _random_plan(model: Model, chance: random.Random, anywhere: bool) -> Plan:
    week, plan = model.week, {}
    assert isinstance(week, Talks)
    for s, session in enumerate(week.problem.sessions):
        slots = week.conference.slots if anywhere else week.conference.ranges[s]
        rooms = range(len(week.problem.rooms)) if anywhere else [week.room_of[room] for room in session.rooms or []]
        if chance.random() < 0.95:
            slot = chance.choice(slots)
            plan[s] = Stand(slot.start, slot.end, chance.choice(list(rooms)))
    return plan


def _enriched(raw: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """Add what the stored instances lack: wishes of every kind, published places, absences, order, exclusion."""
    objects: dict[str, Any] = {}

    def collect(node: Any) -> None:
        for value in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
            collect(value)
        if isinstance(node, dict) and "@id" in node:
            objects[node["@id"]] = node

    collect(raw)
    slots, rooms, talks, speakers = (
        [reference if isinstance(reference, str) else reference["@id"] for reference in raw[f"{name}List"]]
        for name in ("timeslot", "room", "talk", "speaker")
    )
    for asker in talks + speakers:
        for wish in ("required", "prohibited", "preferred", "undesired"):
            for where in ("Timeslot", "Room"):
                objects[asker][f"{wish}{where}TagSet"] = chance.sample(TAGS, chance.choice((0, 0, 1, 2)))
    for place in slots + rooms:
        objects[place]["tagSet"] = chance.sample(TAGS, 2)
    for name in rooms + speakers:
        objects[name]["unavailableTimeslotSet"] = chance.sample(slots, 2)
    for talk in talks:
        objects[talk]["publishedTimeslot"], objects[talk]["publishedRoom"] = chance.choice(slots), chance.choice(rooms)
        objects[talk]["prerequisiteTalkSet"] = chance.sample([other for other in talks if other != talk], 2)
        objects[talk]["mutuallyExclusiveTalksTagSet"] = chance.sample(TAGS, 1)
        objects[talk]["crowdControlRisk"], objects[talk]["language"] = chance.randint(0, 1), chance.choice("ab")
        objects[talk]["speakerList"] = chance.sample(speakers, 2)
    return raw


def _compare(evaluator: Any, path: Path, folder: Path, seed: int, anywhere: bool = False) -> set[str]:
    """Compare some random plans; return the rules that matched."""
    model, judge, chance = conference.compiled(path), evaluator.Instance(path), random.Random(seed)
    seen: set[str] = set()
    for _ in range(3):
        plan = _random_plan(model, chance, anywhere)
        (folder / "out.tsv").write_text(conference.written(model, plan), encoding="utf-8")
        theirs = evaluator.evaluate(judge, evaluator.read_assignment(folder / "out.tsv", judge))
        ours = conference.summary(model, plan)
        assert {code: rule["score"] for code, rule in theirs["rules"].items()} == conference.score(model, plan)
        for name in ("hard", "medium", "soft", "unassigned"):
            assert ours[name] == theirs[name]
        seen |= theirs["rules"].keys()
    return seen


@pytest.mark.needs_shared
@pytest.mark.parametrize("anywhere", [False, True], ids=["in range", "anywhere"])
@pytest.mark.parametrize("name", NAMES)
def test_the_score_is_that_of_the_independent_evaluator(
    name: str, anywhere: bool, shared: Path, tmp_path: Path
) -> None:
    evaluator = load_tool(shared, "conference_eval")
    _compare(evaluator, shared / "data" / "conference" / f"{name}.json", tmp_path, 5, anywhere)


@pytest.mark.needs_shared
def test_every_rule_of_the_family_is_scored_alike(shared: Path, tmp_path: Path) -> None:
    evaluator, seen = load_tool(shared, "conference_eval"), set[str]()
    assert {rule.code: (rule.level, -rule.weight) for rule in FAMILY} == evaluator.WEIGHTS
    for seed, name in enumerate(NAMES[:2]):
        raw = json.loads((shared / "data" / "conference" / f"{name}.json").read_text(encoding="utf-8"))
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps(_enriched(raw, random.Random(seed))), encoding="utf-8")
        seen |= _compare(evaluator, path, tmp_path, seed)
    assert seen == evaluator.WEIGHTS.keys()


@pytest.mark.needs_shared
def test_the_stored_plans_have_their_known_scores(shared: Path) -> None:
    for name, reference in conference.REFERENCE.items():
        model = conference.compiled(shared / "data" / "conference" / f"{name}.json")
        week = model.week
        assert isinstance(week, Talks)
        plan = {}
        for line in (shared / "data" / "conference" / f"ref-{name}-TABU_SEARCH-60.sol").read_text().splitlines():
            talk, slot, room = line.split()
            at = week.conference.slot_by_id[int(slot)]
            plan[week.session_of[talk]] = Stand(at.start, at.end, week.room_of[room])
        found = conference.summary(model, plan)
        assert (found["hard"], found["soft"], found["unassigned"]) == (0, reference, 0)
        assert matches.total(list(matches.find(model.terms, model.tables, plan))) == (0, 0, -reference)


def test_what_is_no_conference_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for text, told in (("{", "bad.json:1: no JSON"), ("{}", "not a conference instance"), ("[]", "not a conference")):
        (tmp_path / "bad.json").write_text(text, encoding="utf-8")
        assert conference.main([str(tmp_path / "bad.json")]) == 2
        assert told in capsys.readouterr().err


def test_timeslots_that_cannot_be_told_apart_are_refused(tmp_path: Path) -> None:
    slot = {
        "startDateTime": [2026, 10, 15, 9, 0],
        "endDateTime": [2026, 10, 15, 10, 0],
        "tagSet": [],
        "talkTypeSet": [],
    }
    raw = {
        "talkList": [],
        "roomList": [],
        "constraintProperties": {"minimumConsecutiveTalksPauseInMinutes": 30},
        "timeslotList": [{**slot, "id": 1}, {**slot, "id": 2}],
    }
    (tmp_path / "twins.json").write_text(json.dumps(raw), encoding="utf-8")
    with pytest.raises(BadInput, match="twins.json: two timeslots begin and end together"):
        conference.read(tmp_path / "twins.json")
