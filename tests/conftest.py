"""What all tests share: no time limit for a single example, and at the end of a run what was skipped, and why."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import settings

settings.register_profile("corroborate", deadline=None)  # a busy machine is no failure
settings.load_profile("corroborate")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A line for each reason: how many tests it kept from running."""
    reasons: Counter[str] = Counter()
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reasons[reason.removeprefix("Skipped: ")] += 1
    if not reasons:
        return
    terminalreporter.section("not tested here", sep="-", yellow=True)
    for reason, count in reasons.most_common():
        terminalreporter.line(f"{count} skipped: {reason}", yellow=True)
