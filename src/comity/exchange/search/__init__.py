"""The search engine of the exchange planner: bounds and orders for the bare problem, with proofs."""

from comity.exchange.search.answers import (
    Answer,
    ByExhaustion,
    ByParts,
    ByWeights,
    Decision,
    Front,
    Limits,
    Of,
    Point,
    Progress,
    Proof,
    Verdict,
)
from comity.exchange.search.money import least_total_with_money
from comity.exchange.search.objectives import decide, least_peak
from comity.exchange.search.sums import least_total, pareto

__all__ = [
    "Answer",
    "ByExhaustion",
    "ByParts",
    "ByWeights",
    "Decision",
    "Front",
    "Limits",
    "Of",
    "Point",
    "Progress",
    "Proof",
    "Verdict",
    "decide",
    "least_peak",
    "least_total",
    "least_total_with_money",
    "pareto",
]
