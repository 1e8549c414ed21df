"""Every request that writes a proposal, each about a row of its own."""

from typing import Any

from eventweek.audit.actors import SYSTEM
from eventweek.language.sheets import tongues
from eventweek.programme.models import Organisation, Proposal
from eventweek.scheduling.actions.proposal_imports import plan_proposals, run_proposals
from tests.factories.keys import make_key
from tests.factories.proposals import put_file
from tests.web.desk.sheet import filled

COMPLETE = {"contact_name": "示例", "contact_phone": "138", "expected": 5, "abstract_zh": "讲案例"}


class ProposalWrites:
    """The part of a writer that is about proposals."""

    crowd: Any
    desk: Any
    week_id: int
    numbers: Any
    _at: Any
    _row: Any
    _session: Any

    def _proposal(self, **facts: Any) -> dict[str, Any]:
        return dict(self._at(self._row(Proposal, **facts).code))

    def _draft(self) -> dict[str, Any]:
        return self._own(state="draft", **COMPLETE)

    def _accepted(self) -> dict[str, Any]:
        return self._own(state="accepted", open_fields=["title_zh"], session_id=self._session().id)

    def _as_proposer(self) -> dict[str, Any]:
        """Return the headers of a program that proposes for the crowd's first organisation."""
        if not hasattr(self, "_proposers_key"):
            self._proposers_key = make_key("spring", "proposer", "organisation", self._unit())[1]
        return {"headers": self._proposers_key | {"If-Match": "*", "Idempotency-Key": str(next(self.numbers))}}

    def _own(self, **facts: Any) -> dict[str, Any]:
        """Return a proposal of the crowd's first organisation."""
        return self._proposal(organisation_id=self.crowd.first(Organisation).id, **facts)

    def _unit(self) -> str:
        return str(self.crowd.first(Organisation).code)

    def _desk_proposal_new(self) -> Any:
        blank = filled(self.desk.get("/desk/w/spring/proposals/new").text)
        return self._at(), {"data": blank | {"title_zh": "新的", "organisation": self._unit(), "do": "save"}}

    def _desk_proposal_edit(self) -> Any:
        at = self._draft()
        form = filled(self.desk.get(f"/desk/w/spring/proposals/{at['code']}/edit").text)
        return at, {"data": form | {"title_zh": "改过", "do": "save"}}

    def _desk_proposal_session(self) -> Any:
        at = self._accepted()
        form = filled(self.desk.get(f"/desk/w/spring/proposals/{at['code']}/session").text)
        return at, {"data": form | {"title_zh": "改过"}}

    def _desk_proposal_submission(self) -> Any:
        return self._draft(), {}

    def _desk_proposal_withdrawal(self) -> Any:
        return self._proposal(), {}

    def _desk_proposal_decision(self) -> Any:
        return self._proposal(), {"data": {"move": "reject", "reason": "重复"}}

    def _desk_proposal_decisions(self) -> Any:
        return self._at(), {"data": {"s": self._proposal()["code"], "move": "accept", "do": "apply"}}

    def _desk_proposal_submissions(self) -> Any:
        return self._at(), {"data": {"s": self._draft()["code"], "do": "apply"}}

    def _desk_proposal_tentative(self) -> Any:
        return self._proposal(), {}

    def _desk_proposal_comment(self) -> Any:
        return self._proposal(), {"data": {"text": "请补材料"}}

    def _desk_proposal_files(self) -> Any:
        return self._draft(), {"file": f"plan {next(self.numbers)}".encode()}

    def _desk_proposal_file_removal(self) -> Any:
        at = self._draft()
        return at | {"file": put_file(at["code"])}, {}

    def _desk_proposal_import_new(self) -> Any:
        return self._at(), {"file": "标题,类型\n活动,论坛\n".encode(), "data": {"organisation": self._unit()}}

    def _brought(self) -> Any:
        content = f"标题,预计人数\n表里的活动 {next(self.numbers)},50\n".encode()
        facts: dict[str, Any] = {"organisation": self._unit(), "language": "zh", "actor": SYSTEM}
        own = plan_proposals(self.week_id, content, "a.csv", **facts)
        run_proposals(own.code, tongues())
        return self._at(own.code)

    def _desk_proposal_import_confirmation(self) -> Any:
        return self._brought(), {}

    def _desk_proposal_import_discarding(self) -> Any:
        return self._brought(), {}

    def _desk_api_proposal_create(self) -> Any:
        return self._at(), {"json": {"title_zh": "新的", "organisation": self._unit()}} | self._as_proposer()

    def _desk_api_proposal_edit(self) -> Any:
        return self._draft(), {"json": {"title_zh": "改过"}} | self._as_proposer()

    def _desk_api_proposal_submit(self) -> Any:
        return self._draft(), self._as_proposer()

    def _desk_api_proposal_withdraw(self) -> Any:
        return self._own(), {"json": {}} | self._as_proposer()

    def _desk_api_proposal_decide(self) -> Any:
        return self._proposal(), {"json": {"move": "accept"}}

    def _desk_api_proposal_plan(self) -> Any:
        return self._proposal(), {}

    def _desk_api_proposal_session(self) -> Any:
        return self._accepted(), {"json": {"title_zh": "改过"}} | self._as_proposer()

    def _desk_api_proposal_file_add(self) -> Any:
        return self._draft(), {"file": f"plan {next(self.numbers)}".encode()} | self._as_proposer()

    def _desk_api_proposal_file_remove(self) -> Any:
        at = self._draft()
        return at | {"file": put_file(at["code"])}, self._as_proposer()

    def _desk_api_proposal_comment(self) -> Any:
        return self._proposal(), {"json": {"text": "请补材料"}}

    def _desk_api_proposal_decisions(self) -> Any:
        return self._at(), {"json": {"proposals": [self._proposal()["code"]], "move": "accept"}}

    def _desk_api_proposal_submissions(self) -> Any:
        return self._at(), {"json": {"proposals": [self._draft()["code"]]}} | self._as_proposer()
