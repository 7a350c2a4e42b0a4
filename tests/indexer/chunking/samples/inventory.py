"""Stock of a small warehouse, kept in memory and written to a ledger."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

LEDGER = Path("ledger.jsonl")
Listener = Callable[["Movement"], None]


class OutOfStockError(Exception):
    """Raised when more is taken than is there."""


# A movement never changes once it is written: corrections are movements of their own.
@dataclass(frozen=True)
class Movement:
    """Something that came in or went out."""

    article: str
    amount: int
    reason: str = "sale"


def read_ledger(path: Path = LEDGER) -> Iterator[Movement]:
    """Yields all movements of a ledger, oldest first."""
    with path.open() as lines:
        for line in lines:
            yield Movement(**json.loads(line))


@dataclass
class Warehouse:
    """Amounts by article, kept current by movements.

    Listeners hear of each movement after it is written.
    """

    ledger: Path = LEDGER
    amounts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    listeners: list[Listener] = field(default_factory=list)

    @property
    def articles(self) -> list[str]:
        """Names of what is in stock."""
        return sorted(name for name, amount in self.amounts.items() if amount > 0)

    @property
    def is_empty(self) -> bool:
        return not self.articles

    def listen(self, listener: Listener) -> Listener:
        """Registers a listener; usable as a decorator."""
        self.listeners.append(listener)
        return listener

    def receive(self, article: str, amount: int) -> Movement:
        """Books a delivery."""
        return self._book(Movement(article, amount, "delivery"))

    def take(self, article: str, amount: int) -> Movement:
        """Books a sale.

        Raises:
            OutOfStockError: if there is less than `amount`.
        """
        if self.amounts[article] < amount:
            raise OutOfStockError(f"{self.amounts[article]} of {article} left, {amount} asked for")
        return self._book(Movement(article, -amount))

    # Every change of an amount goes through here, so that the ledger and the amounts can't differ.
    def _book(self, movement: Movement) -> Movement:
        with self.ledger.open("a") as lines:
            lines.write(json.dumps(movement.__dict__) + "\n")
        self.amounts[movement.article] += movement.amount
        for listener in self.listeners:
            listener(movement)
        return movement

    def audit(self, counted: dict[str, int], *, tolerance: int = 0, dry_run: bool = False) -> list[Movement]:
        """Compares the books with what was counted on the shelves, and books corrections.

        Args:
            counted: what was found, by article; what is missing here counts as zero.
            tolerance: differences up to this many pieces are left alone.
            dry_run: return the corrections without booking them.
        """
        corrections: list[Movement] = []
        for article in sorted(set(counted) | set(self.amounts)):
            difference = counted.get(article, 0) - self.amounts[article]
            if abs(difference) <= tolerance:
                continue
            reason = "found" if difference > 0 else "lost"
            corrections.append(Movement(article, difference, reason))

        found = [movement for movement in corrections if movement.amount > 0]
        lost = [movement for movement in corrections if movement.amount < 0]
        if len(lost) > 10 * max(1, len(found)):
            # So many losses are a truck that was not booked rather than thieves: ask before booking them.
            answer = input(f"{len(lost)} articles are short. Book them as lost? [y/N] ")
            if answer.strip().lower() != "y":
                return []

        if dry_run:
            for movement in corrections:
                print(f"{movement.article:<20} {movement.amount:+6d}  {movement.reason}")
            return corrections

        booked: list[Movement] = []
        for movement in corrections:
            try:
                booked.append(self._book(movement))
            except OSError as error:
                print(f"{movement.article} could not be booked: {error}")
                break
        else:
            self._close_period(booked)
        return booked

    def _close_period(self, corrections: list[Movement]) -> None:
        summary = {"corrections": len(corrections), "articles": self.articles}
        self.ledger.with_suffix(".closed").write_text(json.dumps(summary))


def restore(path: Path = LEDGER) -> Warehouse:
    """Builds a warehouse by replaying its ledger."""
    warehouse = Warehouse(path)
    for movement in read_ledger(path):
        warehouse.amounts[movement.article] += movement.amount
    return warehouse


if __name__ == "__main__":
    print(restore().articles)
