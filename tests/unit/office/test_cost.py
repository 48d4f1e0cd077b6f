"""An act costs the same at act 100 and at act 10,000: it reads and writes as many records, and looks for none."""

from comity.office.state import State
from tests.bench.fold import Base, Bench


class Counted(Base):
    """A base that counts what is read."""

    def __init__(self) -> None:
        super().__init__()
        self.reads = 0

    def get(self, key: bytes) -> bytes | None:
        self.reads += 1
        return super().get(key)


def reads_and_writes(after: int) -> tuple[int, int]:
    """How many records a round of every kind of act reads and changes, after so many acts."""
    bench = Bench()
    bench.fill(after)
    bench.settle()
    counted = Counted()
    counted.records = bench.base.records
    bench.base, bench.state = counted, State(counted)
    before = len(counted.records)
    bench.round(7)
    bench.settle()
    return counted.reads, len(counted.records) - before


def test_an_act_costs_the_same_however_many_there_were() -> None:
    few, many = reads_and_writes(100), reads_and_writes(10_000)
    assert few == many
    assert few[0] < 200


def test_a_message_adds_little_to_the_state() -> None:
    bench = Bench()
    bench.fill(1000)
    bench.settle()
    assert bench.base.size() / 1000 < 100
