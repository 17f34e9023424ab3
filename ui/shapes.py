"""Results as JSON, in the shapes that the guide promises to programs."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from index.types import Hit, SyncReport
from rag.models import Available
from rag.types import Answer
from ui.render import STEERING


def answer_json(answer: Answer) -> dict[str, Any]:
    """The answer as `rag ask --json` prints it."""
    return {
        "question": answer.question,
        "status": answer.status,
        "text": answer.text,
        "citations": [
            {"label": c.label, "document": c.document_id, "title": c.title}
            | {"start": c.start, "end": c.end, "quote": c.quote}
            for c in answer.citations
        ],
        "positions": [
            {"value": p.value, "stance": p.stance, "documents": list(p.documents), "labels": list(p.labels)}
            for p in answer.positions
        ],
        "model": answer.model,
        "seconds": {name: round(answer.seconds.get(name, 0.0), 3) for name in ("retrieve", "read", "total")},
    }


def sync_json(report: SyncReport) -> dict[str, Any]:
    """The report as `rag index --json` prints it."""
    names = ("documents", "passages", "added", "changed", "removed", "moved", "unchanged", "embedded")
    counts: dict[str, Any] = {name: getattr(report, name) for name in names}
    failed = [{"path": failure.path, "error": failure.error} for failure in report.failed]
    return counts | {"copies": dict(report.copies), "failed": failed, "seconds": round(report.seconds, 3)}


def hits_json(query: str, hits: Sequence[Hit]) -> dict[str, Any]:
    """The hits as `rag search --json` prints them."""
    found = [
        {
            "rank": hit.rank,
            "score": round(hit.score, 6),
            "ranks": dict(hit.ranks),
            "document": hit.passage.document_id,
            "start": hit.passage.start,
            "end": hit.passage.end,
            "page": hit.passage.page,
            "text": hit.passage.text,
        }
        for hit in hits
    ]
    return {"query": query, "hits": found}


def models_json(held: Sequence[Available]) -> list[dict[str, Any]]:
    """The models as `rag models --json` prints them; `size` is in bytes."""
    return [
        {"name": m.name, "file": str(m.weights), "size": m.size, "adapter": m.adapter, "note": m.note} for m in held
    ]


def dumps(value: Any, indent: int | None = 2) -> str:
    """JSON with the characters that steer a terminal escaped; on one line where `indent` is None."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return re.sub(f"[{STEERING}]", lambda match: f"\\u{ord(match[0]):04x}", text)
