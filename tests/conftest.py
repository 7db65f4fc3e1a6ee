"""Shared fixtures: the tree under test, and settings that keep the unit tier quick and stable."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

TREE = Path(__file__).resolve().parent.parent

# The same examples on every machine and day: a red run must be red for the next person too.
settings.register_profile(
    "exodist",
    derandomize=True,
    deadline=None,
    max_examples=50,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("exodist")


@pytest.fixture(scope="session")
def tree() -> Path:
    """The root of the source tree."""
    return TREE
