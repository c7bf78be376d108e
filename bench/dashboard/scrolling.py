"""The list of a large tenant and a thread of 10,000 texts, scrolled to their ends as a wheel does it.

A step is most of a screen, and the next one comes with the second frame after it. What the browser calls a long task
(50 ms and more in which it answers to nothing) is noted by the browser itself. Beside it stands the processor time of
the longest task: on a busy machine the clock counts the work of others, too.
"""

from __future__ import annotations

from dataclasses import dataclass

from playwright.async_api import Browser, Page

from bench.dashboard.desk import looking_at
from bench.dashboard.filling import Long
from bench.dashboard.tasks import traced
from bench.table import Row
from testkit.shop import Shop

GOAL_MS = 100.0
GOAL_NODES = 2.0
"""Times as many DOM nodes as before the first step: what is out of sight must not stay."""
LIST, THREAD = "ul[aria-label=Conversations]", "[role=log]"
_SCROLL = """async ({ inside, way, quietMs }) => {
  const within = document.querySelector(inside);
  const scroller = within.matches('[role=log]') ? within : within.parentElement;
  const frame = () => new Promise(requestAnimationFrame);
  const count = () => document.getElementsByTagName('*').length;
  const tasks = [];
  const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries()));
  observer.observe({ type: 'longtask' });
  const began = performance.now(), before = count();
  let most = before, steps = 0, height = 0, moved = began;
  while (performance.now() - moved < quietMs) {
    const was = scroller.scrollTop;
    scroller.scrollTop += way * 0.9 * scroller.clientHeight;
    await frame();
    await frame();
    most = Math.max(most, count());
    if (scroller.scrollTop === was && scroller.scrollHeight === height) continue;
    height = scroller.scrollHeight;
    moved = performance.now();
    steps += 1;
  }
  await new Promise((done) => setTimeout(done, 200));
  observer.disconnect();
  const longest = (some) => Math.max(0, ...some.map((task) => task.duration));
  const early = tasks.filter((task) => task.startTime < began + (moved - began) / 10);
  return { seconds: (moved - began) / 1000, steps, height, before, most, long: tasks.length,
           longest: longest(tasks), early: longest(early), text: scroller.textContent,
           size: Number(within.querySelector('[aria-setsize]')?.getAttribute('aria-setsize') ?? 0) };
}"""
_QUIET_MS = 4_000
"""Nothing more came for so long: it is the end."""


@dataclass(frozen=True)
class Scrolled:
    seconds: float
    steps: int
    height: int
    before: int
    most: int
    """DOM nodes of the document."""
    long: int
    longest: float
    early: float
    """Of the tasks in the first tenth of the time."""
    text: str
    """What is shown at the end."""
    size: int
    worked: float
    """Processor time of the longest task."""

    def rows(self, what: str) -> list[Row]:
        longest, early = (f"{ms:.0f} ms" if ms else "none ≥ 50 ms" for ms in (self.longest, self.early))
        share = self.most / self.before
        worked = f"{self.worked:.0f} ms of processor time"
        count = f"{self.long} of ≥ 50 ms in {self.steps} steps, {self.seconds:.0f} s"
        note = f"{longest} ({worked}); {count}"
        return [
            Row(
                f"{what}, longest task (floor: first tenth)",
                "embedded",
                early,
                note,
                goal=f"≤ {GOAL_MS:.0f} ms",
                met=self.longest <= GOAL_MS,
            ),
            Row(
                "… most DOM nodes (floor: before)",
                "embedded",
                f"{self.before:,}",
                f"{self.most:,}",
                f"{share:.2f}",
                f"≤ {GOAL_NODES:.0f}",
                share <= GOAL_NODES,
            ),
        ]


async def scroll_list(browser: Browser, shop: Shop, conversations: int) -> list[Row]:
    # The inbox itself would leave out what is closed.
    async with looking_at(browser, shop, "/inbox?state=all") as page:
        found = await _scrolled(page, LIST, 1)
    if found.size < conversations:
        raise SystemExit(f"only {found.size} of {conversations} conversations were reached: {found.text[-300:]}")
    return found.rows(f"{conversations:,} conversations scrolled to the end")


async def scroll_thread(browser: Browser, shop: Shop, long: Long, texts: int) -> list[Row]:
    """Upwards: a thread opens at its end."""
    async with looking_at(browser, shop, f"/inbox/{long.conversation}") as page:
        found = await _scrolled(page, THREAD, -1)
    if long.oldest.strip() not in found.text:
        raise SystemExit(f"the oldest text was not reached: {found.text[:300]}")
    return found.rows(f"a thread of {texts:,} texts scrolled to its beginning")


async def _scrolled(page: Page, inside: str, way: int) -> Scrolled:
    await page.locator(f"{inside} [data-index]").first.wait_for()
    await page.wait_for_timeout(2_000)  # what belongs to the opening of the page is not scrolling
    given = {"inside": inside, "way": way, "quietMs": _QUIET_MS}
    async with traced(page) as tasks:
        found = await page.evaluate(_SCROLL, given)
    return Scrolled(**found, worked=tasks.longest_ms)
