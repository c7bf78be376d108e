"""Two files that import each other, however indirectly, can only be understood together."""

from __future__ import annotations

import grimp

from source_tree import load_script

figures = load_script("import_figures")


def test_no_package_has_an_import_circle() -> None:
    drawn = {name: figures.arrows_of(figures.graph_of(name), name) for name in figures.PACKAGES}
    assert {name: found for name, arrows in drawn.items() if (found := figures.circles(arrows))} == {}


def test_a_circle_would_be_found() -> None:
    graph = grimp.ImportGraph()
    for importer, imported in (("one", "two"), ("two", "three"), ("three", "one"), ("four", "one")):
        graph.add_import(importer=f"a.{importer}", imported=f"a.{imported}")
    assert figures.circles(figures.arrows_of(graph, "a")) == [["a.one", "a.three", "a.two"]]
