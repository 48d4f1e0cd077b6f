"""Search and brute force agree on every question, feature by feature."""

from __future__ import annotations

import os

import pytest

from tests.oracles.deals import FEATURES, deal
from tests.property.exchange.agreement import disagreements, options_for

SOAK = int(os.environ.get("COMITY_SOAK_DEALS", "20000"))


@pytest.mark.parametrize("feature", FEATURES)
def test_the_planner_agrees_with_brute_force(feature: str) -> None:
    for seed in range(40):
        problem = deal(seed, feature)
        assert disagreements(problem, options_for(feature, seed)) == [], problem


@pytest.mark.soak
@pytest.mark.parametrize("feature", FEATURES)
def test_the_planner_agrees_with_brute_force_at_length(feature: str) -> None:
    for seed in range(SOAK):
        problem = deal(seed, feature)
        assert disagreements(problem, options_for(feature, seed)) == [], problem
