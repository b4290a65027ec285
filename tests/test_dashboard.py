"""The dashboard of sweeps, in a real browser: it tells where things stand, filters and sorts, and strangers run nothing."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections import Counter
from collections.abc import Collection, Sequence
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from sweeps import five_sweeps, run_sweep
from test_formats import HOSTILE, WAIVER, finding
from test_html import Opened, browsed, browser

from keylint.model import SEVERITIES, Severity, Skip, SkipReason
from keylint.reporters import Style
from keylint.reporters._wording import gravity
from keylint.sweep.overview import Overview, Point
from keylint.sweep.results import Scan, Sweep
from keylint.sweep.store import Listing, Open, Tally
from keylint.sweep.views.html import NOBODY, render

__all__ = ["browser"]
DAY = "2026-11-22"


def sweep(number: int, *, finished: bool = True) -> Sweep:
    return Sweep(number, "2026-11-22T00:00:00", "2026-11-22T01:00:00" if finished else "", DAY, "0" * 64, "1.2.3", 99)


def scan(target: str, **fields: Any) -> Scan:
    return Scan(target, "done", "", 1.0, 2, 300, 4, 0, 0)._replace(**fields)


def held(at: int, target: str = "acme/bot", owner: str = "@alice", text: str = "bot.py", **fields: Any) -> Open:
    since, brought = fields.pop("since", 1), fields.pop("brought", "2026-11-02")
    found = finding(at, text, **fields)
    return Open(target, owner, (), found, since == 2 and found.suppression is None, "2026-11-20", brought)


def point(number: int, counts: tuple[int, int, int, int] = (1, 2, 3, 4), new: int = 0, gone: int = 0) -> Point:
    graded: dict[Severity, int] = dict(zip(reversed(SEVERITIES), counts, strict=True))
    return Point(sweep(number), graded, new, gone)


def overview(
    *findings: Open,
    first: bool = False,
    resolved: Sequence[Open] = (),
    skips: Sequence[tuple[str, Skip]] = (),
    **fields: Any,
) -> Overview:
    """Return what a store would say that holds these, by place."""
    names = sorted({one.target for one in findings})
    trend = (point(1),) if first else (point(1), point(2, (2, 2, 3, 4), 3, 2))
    scans = tuple(scan(name) for name in names) or (scan("acme/empty"),)
    alike = Counter(
        (one.target, one.owner, one.finding.rule, one.finding.severity, bool(one.finding.suppression), one.new)
        for one in findings
    )

    def listed(what: Listing, most: int | None = None) -> Sequence[Open]:
        if what == "gravest":
            return sorted(findings, key=lambda one: gravity(one.finding))[:most]
        if what == "oldest":
            return sorted(
                (one for one in findings if not one.finding.suppression), key=lambda one: one.brought or one.seen
            )[:most]
        assert what == "resolved"
        return resolved[:most]

    def left_out(only: Collection[SkipReason] | None = None) -> list[tuple[str, Skip]]:
        return [one for one in skips if only is None or one[1].reason in only]

    tallies = tuple(Tally(*key, number) for key, number in alike.items())
    now, before = sweep(1 if first else 2), None if first else sweep(1)
    made = Overview(now, before, scans, tallies, len(resolved), listed, left_out, trend)
    return made._replace(**fields)


STRANGERS = overview(
    *(held(at, f"acme/{text}", f"@{text}", text) for at, text in enumerate(HOSTILE)),
    *(held(40 + at, text, text, text, since=2) for at, text in enumerate(HOSTILE)),
    resolved=tuple(held(80 + at, text, text, text) for at, text in enumerate(HOSTILE)),
    scans=(
        *(scan(text, state="failed", why=text) for text in HOSTILE),
        *(scan(f"acme/{text}", incomplete=1) for text in HOSTILE),
    ),
    skips=tuple((f"acme/{text}", Skip(text, "unreadable", text)) for text in HOSTILE),
)
TEAM = overview(
    held(0, brought="2026-01-02"),
    held(1, since=2),
    held(2, "acme/bot-grid", brought=""),
    held(3, "acme/web", "", since=2),
    held(4, "acme/web", "", suppression=WAIVER),
    scans=(
        scan("acme/bot"),
        scan("acme/bot-grid", state="unchanged"),
        scan("acme/web", incomplete=2),
        scan("acme/gone", state="failed", why="git: no such repository"),
    ),
    skips=(("acme/web", Skip("a.zip", "undecodable", "not a zip")), ("acme/web", Skip("b.png", "binary"))),
    resolved=(held(5, "acme/web", ""),),
)


def shown(about: Overview) -> str:
    return "".join(render(about, Style()))


def test_it_loads_nothing_and_names_the_hash_of_what_may_run() -> None:
    page = shown(STRANGERS)
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    script, style = (re.findall(rf"<{name}>(.*?)</{name}>", page, re.DOTALL) for name in ("script", "style"))
    hashes = [f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for (text,) in (style, script)]
    assert policy == (
        f"default-src 'none'; style-src {hashes[0]}; script-src {hashes[1]}; base-uri 'none'; form-action 'none'"
    )
    assert {one for one in page if not one.isprintable()} == {"\n"}
    assert not re.search(r"##\w*\[", page)


def test_a_first_sweep_without_findings() -> None:
    page = shown(overview(first=True))
    assert "No open findings in 1 repository" in page
    assert "There is none." in page
    assert "<script" not in page
    assert "the first" in page
    assert 'id="missed"' not in page


def test_what_is_not_complete_is_told_before_all_else() -> None:
    page = shown(TEAM)
    head = page.partition("<main>")[0]
    assert "1 failed, of 1 something could not be read" in head
    assert "git: no such repository" in page
    # What is left out by policy is nothing that is missing.
    assert ("a.zip: undecodable, not a zip" in page, "b.png" in page) == (True, False)
    assert "did not come to its end" not in page
    assert "4 of 99 repositories were looked at" in shown(TEAM._replace(sweep=sweep(2, finished=False)))


def test_the_trend_in_numbers() -> None:
    page = shown(TEAM)
    table = page[page.index("The same in numbers") :]
    assert re.findall(r"<td[^>]*>([^<]*)</td>", table[: table.index("</table>")]) == [
        DAY, "1", "2", "3", "4", "10", "0", "0",
        DAY, "2", "2", "3", "4", "11", "3", "2",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("counts", "ticks"),
    [
        ((0, 0, 0, 0), ["0", "1"]),
        ((1, 0, 0, 0), ["0", "1"]),
        ((3, 2, 0, 0), ["0", "1", "2", "3", "4", "5"]),
        ((0, 0, 0, 21), ["0", "5", "10", "15", "20", "25"]),
        ((1200, 0, 34, 5), ["0", "500", "1,000", "1,500"]),
        ((260_000, 0, 0, 1), ["0", "100,000", "200,000", "300,000"]),
    ],
    ids=str,
)
def test_the_axis_has_few_round_numbers_and_no_bar_reaches_past_it(
    counts: tuple[int, int, int, int], ticks: list[str]
) -> None:
    page = shown(overview(held(1), trend=(point(1, counts),)))
    picture = page[page.index("Open findings by sweep: ") : page.index("The same in numbers")]
    assert re.findall(r'<text class="faint" x="68"[^>]*>([\d,]+)</text>', picture) == ticks
    lines = [float(y) for y in re.findall(r'y1="([\d.]+)"', picture)]
    bars = [
        (float(y), float(height))
        for y, height in re.findall(
            r'<rect class="\w+" x="[\d.]+" y="([\d.]+)" width="[\d.]+" height="([\d.]+)"', picture
        )
    ]
    assert len(bars) == sum(map(bool, counts))
    assert all(y >= min(lines) - 0.1 for y, _ in bars)
    assert sum(height for _, height in bars) == pytest.approx(
        170 * sum(counts) / int(ticks[-1].replace(",", "")), abs=0.3
    )


def test_of_many_sweeps_the_last_are_shown() -> None:
    page = shown(overview(held(1), trend=tuple(point(number) for number in range(1, 101))))
    assert "the last 40 of 100" in page
    assert len(re.findall(r"<title>Sweep \d+ of", page)) == 40
    labels = re.findall(r">#(\d+)</text>", page)
    assert labels[-1] == "100"
    assert len(labels) <= 20


def test_of_many_findings_the_gravest_are_listed_and_the_rest_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keylint.sweep.views.html._MOST_FINDINGS", 3)
    page = shown(overview(*(held(at) for at in range(10))))
    assert "7 more, none of them graver, are left out here" in page
    listed = json.loads(re.findall(r'id="data">(.*?)</script>', page, re.DOTALL)[0])["rows"]
    assert {row["severity"] for row in listed} <= {"critical", "high"}
    assert "10 open findings" in page


@browsed
def test_nothing_of_strangers_runs(browser: Browser, tmp_path: Path) -> None:
    opened = Opened(browser, tmp_path / "sweep.html", shown(STRANGERS))
    opened.status(f"{2 * len(HOSTILE)} of {2 * len(HOSTILE)} findings")
    for summary in opened.page.locator("#findings summary").all():
        summary.click()
    for pick in opened.page.locator(".pick").all():
        pick.click()
        opened.status(r"\d+ of")
    assert opened.page.evaluate("window.pwned") is None
    assert opened.page.evaluate("document.images.length") == 0
    assert opened.page.evaluate("document.scripts.length") == 2
    assert opened.complaints == []
    assert opened.asked == [(tmp_path / "sweep.html").as_uri()]
    assert opened.page.locator(".missed tbody tr").count() == 2 * len(HOSTILE)
    failed = opened.page.locator(".missed tbody tr:first-child td").inner_text()
    assert failed == f"failed: {HOSTILE[0]}"


@browsed
def test_every_name_of_a_table_picks_its_findings(browser: Browser, tmp_path: Path) -> None:
    """Also names that are markup, or pieces of other names."""
    opened = Opened(browser, tmp_path / "sweep.html", shown(STRANGERS))
    rows = opened.page.locator(".groups tbody tr")
    assert rows.count() == 45
    for row in rows.all():
        row.locator(".pick").click()
        opened.status(f"{row.locator('td').first.inner_text()} of ")


@browsed
def test_it_filters_and_sorts(browser: Browser, tmp_path: Path) -> None:
    opened = Opened(browser, tmp_path / "sweep.html", shown(TEAM))
    page = opened.page
    opened.status("4 of 5 findings")  # what is suppressed does not count
    order = ["critical", "high", "medium", "low"]
    severities = [order.index(text.split()[0]) for text in opened.column(1)]
    assert severities == sorted(severities)
    page.click("th[data-key=days] button")
    assert opened.column(2) == ["324 d", "20 d", "20 d", "2 d"]
    page.click("th[data-key=where] button")
    assert page.locator("#findings .where b").all_text_contents() == [
        "acme/bot",
        "acme/bot",
        "acme/bot-grid",
        "acme/web",
    ]
    page.fill("input[name=repository]", "BOT")
    opened.status("3 of 5")  # a piece of a name: all that hold it
    page.fill("input[name=repository]", "acme/bot")
    opened.status("2 of 5")  # a whole name: that one
    page.check("input[name=fresh]")
    opened.status("1 of 5")
    assert "new" in opened.column(1)[0]
    page.click("button[type=reset]")
    opened.status("4 of 5")
    page.select_option("select[name=owner]", NOBODY)
    opened.status("1 of 5")
    page.select_option("select[name=state]", "all")
    opened.status("2 of 5")
    assert opened.kinds() == ["", "suppressed"]
    page.click("button[type=reset]")
    page.select_option("select[name=rule]", list(TEAM.listed("gravest"))[1].finding.rule)
    opened.status("1 of 5")
    page.click("button[type=reset]")
    page.fill("input[name=words]", "@alice GRID")
    opened.status("1 of 5")


@browsed
def test_a_finding_explains_itself(browser: Browser, tmp_path: Path) -> None:
    about = overview(held(0), held(1, since=2, occurrences=(finding(2, "other.py").fact.location,)))
    opened = Opened(browser, tmp_path / "sweep.html", shown(about))
    page = opened.page
    page.check("input[name=fresh]")
    opened.status("1 of 2")
    page.focus("#findings summary")
    page.keyboard.press("Enter")
    assert page.inner_text("#findings mark") == "abcd…yz"
    terms = page.locator("#findings dt").all_text_contents()
    assert terms[:4] == ["Exposed since", "Why", "Evidence", "What to do"]
    assert "other.py:3" in page.inner_text("#findings dl")
    page.click("#findings tbody a")
    assert page.locator(f"[id='{page.url.partition('#')[2]}']").is_visible()


@browsed
def test_keys_and_screen_readers(browser: Browser, tmp_path: Path) -> None:
    page = Opened(browser, tmp_path / "sweep.html", shown(TEAM)).page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the findings"
    unnamed = page.evaluate(
        "[...document.querySelectorAll('button, input, select, a, svg:not([aria-hidden] svg), nav, form, [role=region]')]"
        ".filter(one => !(one.textContent.trim() || one.labels?.length || one.getAttribute('aria-label') || one.getAttribute('aria-labelledby')))"
        ".map(one => one.outerHTML)"
    )
    assert unnamed == []
    levels = page.evaluate("[...document.querySelectorAll('h1, h2, h3')].map(one => Number(one.tagName[1]))")
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(one => one.id)")
    assert len(ids) == len(set(ids))
    referred = page.evaluate(
        "[...document.querySelectorAll('[aria-labelledby]')].map(one => one.getAttribute('aria-labelledby'))"
    )
    assert set(referred) <= set(ids)
    page.locator(".pick").first.press("Enter")
    assert page.evaluate("document.activeElement.id") == "status"


@browsed
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_can_be_read(browser: Browser, tmp_path: Path, scheme: Any) -> None:
    page = Opened(browser, tmp_path / "sweep.html", shown(TEAM), color_scheme=scheme).page

    def luminance(color: str) -> float:
        parts = [int(one) / 255 for one in re.findall(r"\d+", color)[:3]]
        red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    def contrast(name: str, what: str) -> float:
        fore = luminance(
            page.evaluate("([name, what]) => getComputedStyle(document.querySelector(name))[what]", [name, what])
        )
        return (max(back, fore) + 0.05) / (min(back, fore) + 0.05)

    back = luminance(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    texts = {
        name: contrast(name, "color") for name in (".pick", ".badge", ".tiles small", ".where .dim", ".incomplete a")
    }
    assert {name for name, found in texts.items() if found < 4.5} == set()
    assert contrast(".trend text.faint", "fill") >= 4.5
    bars = {name: contrast(f".trend rect.{name}", "fill") for name in (*SEVERITIES, "new")}
    assert {name for name, found in bars.items() if found < 3} == set()


@browsed
def test_narrow_screens_do_not_scroll_sideways(browser: Browser, tmp_path: Path) -> None:
    long = overview(*(held(at, "acme/" + "long-name" * 20, "@" + "x" * 100, "deep/" * 40) for at in range(3)))
    for about in (TEAM, long):
        page = Opened(browser, tmp_path / "sweep.html", shown(about), viewport={"width": 360, "height": 800}).page
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        heads = page.locator("#findings th button").all()
        assert all(head.is_visible() for head in heads)


@browsed
def test_without_scripts_there_is_still_a_dashboard(browser: Browser, tmp_path: Path) -> None:
    many = shown(overview(*(held(at) for at in range(300))))
    opened = Opened(browser, tmp_path / "sweep.html", many, java_script_enabled=False)
    assert opened.page.locator("#findings tbody tr").count() == 100
    assert "without scripts the first 100 are shown" in opened.page.inner_text("#status")
    assert not opened.page.locator("#filters").is_visible()
    assert opened.page.locator(".groups button").count() == 0


@browsed
def test_printing_opens_everything(browser: Browser, tmp_path: Path) -> None:
    page = Opened(browser, tmp_path / "sweep.html", shown(TEAM)).page
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
    page.emulate_media(media="print")
    assert not page.locator("#filters").is_visible()
    assert page.pdf().startswith(b"%PDF")


@browsed
def test_twenty_thousand_findings_over_five_hundred_repositories_stay_usable(browser: Browser, tmp_path: Path) -> None:
    many = overview(*(held(at, f"acme/r{at % 500:03}", f"@t{at % 40}", f"f{at}.py") for at in range(20_000)))
    opened = Opened(browser, tmp_path / "sweep.html", shown(many))
    page = opened.page
    opened.status("20,000 of 20,000 findings")
    assert page.locator("#findings tbody tr").count() == 100
    assert page.locator(".groups tbody tr").count() == 15 + 15 + min(15, len({one.rule for one in many.tallies}))
    began = page.evaluate("performance.now()")
    page.fill("input[name=repository]", "acme/r077")
    opened.status("40 of 20,000 findings")
    page.click("button[type=reset]")
    opened.status("20,000 of")
    page.click("th[data-key=where] button")
    page.fill("input[name=words]", "f19999.py")
    opened.status("1 of 20,000 findings")
    assert page.evaluate("performance.now()") - began < 10_000


@browsed
def test_five_sweeps_of_real_repositories(browser: Browser, tmp_path: Path) -> None:
    sweeps = five_sweeps(tmp_path)
    assert [one.code for one in sweeps] == [1] * 5, sweeps[0].err
    files = "--report", "html=sweep.html", "--report", "json=sweep.json"
    assert run_sweep("report", *files, cwd=tmp_path).code == 1
    document = json.loads((tmp_path / "sweep.json").read_text(encoding="utf-8"))
    opened = Opened(browser, tmp_path / "shown.html", (tmp_path / "sweep.html").read_text(encoding="utf-8"))
    page = opened.page
    columns = page.locator(".trend g title").all_text_contents()
    assert columns == [
        f"Sweep {one['sweep']} of {one['day']}: "
        + ", ".join(f"{one[severity]} {severity}" for severity in reversed(SEVERITIES))
        + f", {one['new']} new, {one['resolved']} resolved"
        for one in document["trend"]
    ]
    assert [one["new"] for one in document["trend"]] == [6, 4, 5, 3, 2]
    tiles = page.locator(".tiles li").all_inner_texts()
    summary = document["summary"]
    numbers = [
        *(summary[severity] for severity in reversed(SEVERITIES)),
        summary["new"],
        summary["resolved"],
        2,
        3,
        0,
        0,
    ]
    assert [int(text.split()[0]) for text in tiles] == numbers
    assert page.locator("#group-owner + div .pick").all_text_contents() == ["@trading", "@platform", "@finance"]
    assert page.locator("[aria-labelledby=oldest-title] tbody tr").first.inner_text().split()[:2] == [
        "355",
        "2025-11-12",
    ]
    assert opened.complaints == []
