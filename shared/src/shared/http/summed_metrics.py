"""The metrics of several processes as one: the same series of each are added up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from prometheus_client import REGISTRY, CollectorRegistry, Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

_EARLIEST = ("_created", "process_start_time_seconds")
"""Moments are not added up: the first counts."""
_FACTS = ("python_info",)

Series = tuple[str, tuple[tuple[str, str], ...]]


class Summed(CollectorRegistry):
    """This process's registry and what others say in Prometheus' text format."""

    def __init__(self, others: Sequence[str]) -> None:
        super().__init__()
        self._others = others

    def collect(self) -> Iterator[Metric]:
        families: dict[str, Metric] = {}
        for metric in self._each():
            if metric.name in families:
                families[metric.name].samples += metric.samples
            else:
                families[metric.name] = metric
        for metric in families.values():
            metric.samples = _added(metric.samples)
            yield metric

    def _each(self) -> Iterator[Metric]:
        yield from REGISTRY.collect()
        for text in self._others:
            yield from text_string_to_metric_families(text)


def _added(samples: Sequence[Sample]) -> list[Sample]:
    sums: dict[Series, Sample] = {}
    for sample in samples:
        series = (sample.name, tuple(sorted(sample.labels.items())))
        known = sums.get(series)
        sums[series] = sample if known is None else sample._replace(value=_both(sample.name, known, sample))
    return list(sums.values())


def _both(name: str, one: Sample, other: Sample) -> float:
    if name.endswith(_EARLIEST):
        return min(one.value, other.value)
    return one.value if name in _FACTS else one.value + other.value
