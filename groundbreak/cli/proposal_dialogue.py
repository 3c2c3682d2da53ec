"""One proposal at a terminal: shown, asked about in one line, and done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from groundbreak.cli.app import Format
from groundbreak.cli.output import line
from groundbreak.cli.proposal_words import others, print_one, print_rejected, print_written
from groundbreak.proposing.gazetteer import Gazetteer
from groundbreak.proposing.proposal import NEW, Proposal
from groundbreak.proposing.readings import propose_as
from groundbreak.proposing.text import Text

HELP = ("[a]ccept  [e]dit a field  [1-9] another project  [n]ew project  [l]eave in review  "
        "[r]eject")


class Asking:
    """One proposal at a terminal until it is judged or left."""

    def __init__(self, kept: Any, text: Text, names: Gazetteer, who: str,
                 answer: Callable[[str], str] = input) -> None:
        self.kept, self.text, self.names = kept, text, names
        self.who, self.answer = who, answer
        self.now: Proposal = kept.proposal
        self.changes: list[str] = []
        self.refused = 0

    def ask(self) -> int:
        """Show, ask one line, do it, until it is judged or left; how many facts were refused."""
        print_one(self.kept.item, self.now, self.kept.source)
        while True:
            try:
                said = self.answer(f"{HELP}: ").strip()
            except EOFError:
                said = "l"
            try:
                if self._done(said):
                    return self.refused
            except ValueError as error:
                line(f"groundbreak: {error}", Format.table)

    def _done(self, said: str) -> bool:
        """Whether the answer ends the asking."""
        if said in ("a", "r"):
            return self._judge(said)
        if said == "l":
            line(f"left in review as item {self.kept.item}", Format.table)
            return True
        if said == "n" or (said.isdigit() and 1 <= int(said) <= len(others(self.now))):
            self._choose(NEW if said == "n" else others(self.now)[int(said) - 1].record)
        elif said.startswith("e"):
            self._edit(said[1:].strip() or self.answer("field=value ('-' leaves it out): ").strip())
        else:
            line("accepted: " + HELP, Format.table)
        return False

    def _judge(self, said: str) -> bool:
        from groundbreak.register import proposals as kept_in

        if said == "r":
            reason = self.answer("reason: ")
            kept_in.reject(self.kept.item, reason=reason, by=self.who)
            print_rejected(self.kept.item, reason, self.who, Format.table)
            return True
        done = kept_in.accept(self.kept.item, today=date.today(), by=self.who,
                              changes=kept_in.typed(self.changes), record=self.now.record,
                              proposal=self.now)
        self.refused = done.refused
        print_written(self.kept.item, done, Format.table)
        return True

    def _choose(self, record: str) -> None:
        self.now = propose_as(self.text, self.kept.source.told, self.names, record, self.now)
        print_one(self.kept.item, self.now, self.kept.source)

    def _edit(self, pair: str) -> None:
        from groundbreak.register import proposals as kept_in

        kept_in.typed([pair])  # refuses an unknown field before it is kept
        name = pair.partition("=")[0].strip()
        self.changes = [one for one in self.changes if one.partition("=")[0].strip() != name]
        self.changes.append(pair)
        line(f"with {', '.join(self.changes)}", Format.table)
