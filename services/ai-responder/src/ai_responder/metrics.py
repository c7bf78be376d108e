"""What the operator can watch of ai-responder."""

from __future__ import annotations

from prometheus_client import Histogram

MODEL_SECONDS = Histogram(
    "parley_model_seconds",
    "Calls to the model by how they ended: answered, too_late, failed (away, busy, refused)",
    ["outcome"],
    buckets=(0.25, 0.5, 1, 2, 4, 8, 15, 30, 60),
)
