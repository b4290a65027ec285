"""The HTML report in a real browser: it shows, sorts, searches and turns pages, and nothing in it runs but its own script."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from conftest import validator
from playwright.sync_api import Browser, Page, sync_playwright
from test_formats import HOSTILE, MIXED, finding, report

from keylint.model import Report, Skip
from keylint.reporters import Style
from keylint.reporters.html import render

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
browsed = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


class Opened:
    """A page that is open, and everything that it tried: what it asked the network for, what it complained of."""

    def __init__(self, browser: Browser, file: Path, given: Report, **options: Any) -> None:
        file.write_text(render(given, Style()), encoding="utf-8")
        self.page: Page = browser.new_page(**options)
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: self.complaints.append(dialog.message))
        self.page.goto(file.as_uri())

    def status(self, text: str) -> None:
        self.page.locator("#status", has_text=re.compile(f"^{text}")).wait_for(timeout=10_000)

    def kinds(self) -> list[str]:
        """The class of every row that is shown."""
        kinds: list[str] = self.page.eval_on_selector_all(
            "#findings tbody tr", "rows => rows.map(row => row.className)"
        )
        return kinds

    def column(self, number: int) -> list[str]:
        return self.page.locator(f"#findings tbody tr td:nth-child({number})").all_text_contents()


def test_it_loads_nothing_and_names_the_hash_of_what_may_run() -> None:
    shown = render(MIXED, Style())
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', shown)
    script, style = (re.findall(rf"<{name}>(.*?)</{name}>", shown, re.DOTALL) for name in ("script", "style"))
    hashes = [f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for (text,) in (style, script)]
    assert (
        policy
        == f"default-src 'none'; style-src {hashes[0]}; script-src {hashes[1]}; base-uri 'none'; form-action 'none'"
    )
    assert not re.search(
        r'\bstyle="|\bon\w+="|\bsrc="|url\(|@import|javascript:(?!alert)',
        re.sub(r"<script.*?</script>", "", shown, flags=re.DOTALL).replace("&#39;", "").replace("&#34;", ""),
    )


def test_without_findings() -> None:
    shown = render(report(), Style())
    assert "There is none." in shown
    assert "<script" not in shown
    assert "could not be scanned" not in shown


def test_what_was_not_scanned_is_counted_where_it_is_too_much() -> None:
    shown = render(report(skipped=tuple(Skip(f"f{at}", "unreadable") for at in range(700))), Style())
    assert '<a href="#skipped">700 inputs</a> could not be scanned' in shown
    assert "200 more; the JSON report lists all." in shown


VNU = validator("vnu-jar/build/dist/vnu.jar")


@pytest.mark.skipif(VNU is None or shutil.which("java") is None, reason="no Nu Html Checker (make validators) or Java")
@pytest.mark.parametrize("given", [MIXED, report()], ids=["mixed", "clean"])
def test_the_nu_html_checker_finds_nothing(tmp_path: Path, given: Report) -> None:
    file = tmp_path / "report.html"
    file.write_text(render(given, Style()), encoding="utf-8")
    done = subprocess.run(
        ["java", "-jar", str(VNU), "--format", "json", file], capture_output=True, text=True, check=False
    )
    # It does not compare hashes; a browser does, below.
    found = [one for one in json.loads(done.stderr)["messages"] if "Content Security Policy" not in one["message"]]
    assert found == []


@browsed
def test_nothing_of_strangers_runs(browser: Browser, tmp_path: Path) -> None:
    opened = Opened(browser, tmp_path / "report.html", MIXED)
    opened.status(f"{len(MIXED.findings)} of {len(MIXED.findings)} findings")
    for summary in opened.page.locator("#findings summary").all():
        summary.click()
    assert opened.page.evaluate("window.pwned") is None
    assert opened.page.evaluate("document.images.length") == 0
    assert opened.page.evaluate("document.scripts.length") == 2
    assert opened.complaints == []
    assert opened.asked == [(tmp_path / "report.html").as_uri()]
    messages = opened.column(4)
    assert any(HOSTILE[0] in message for message in messages)
    assert opened.page.locator("section:has(#skipped) tbody tr").count() == 4
    opened.page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.pwned = 1'}))"
    )
    assert opened.page.evaluate("window.pwned") is None
    assert "Content Security Policy" in "".join(opened.complaints)


@browsed
def test_it_sorts_and_searches_and_filters(browser: Browser, tmp_path: Path) -> None:
    opened = Opened(browser, tmp_path / "report.html", MIXED)
    order = ["critical", "high", "medium", "low"]
    shown = list(zip(map("suppressed".__eq__, opened.kinds()), map(order.index, opened.column(1)), strict=True))
    assert shown == sorted(shown)
    assert any(suppressed for suppressed, _ in shown)
    opened.page.click("th[data-key=place] button")
    places = opened.column(3)
    assert places == sorted(places)
    assert opened.page.get_attribute("th[data-key=place]", "aria-sort") == "ascending"
    assert opened.page.get_attribute("th[data-key=severity]", "aria-sort") is None
    opened.page.click("th[data-key=place] button")
    assert opened.column(3) == sorted(places, reverse=True)
    opened.page.fill("input[name=words]", "TEAM bad")
    opened.status(f"1 of {len(MIXED.findings)}")
    assert opened.page.locator("#findings summary").all_text_contents() == ["Key @team is bad"]
    opened.page.click("button[type=reset]")
    opened.status(f"{len(MIXED.findings)} of")
    opened.page.select_option("select[name=state]", "suppressed")
    opened.status(f"3 of {len(MIXED.findings)}")
    assert all(text.endswith("(suppressed)") for text in opened.page.locator("#findings summary").all_text_contents())
    opened.page.select_option("select[name=state]", "counted")
    opened.page.select_option("select[name=severity]", "critical")
    criticals = sum(one.severity == "critical" and one.suppression is None for one in MIXED.findings)
    opened.status(f"{criticals} of")
    assert set(opened.column(1)) == {"critical"}


@browsed
def test_a_finding_explains_itself(browser: Browser, tmp_path: Path) -> None:
    opened = Opened(browser, tmp_path / "report.html", MIXED)
    opened.page.fill("input[name=words]", "@team")
    opened.status("1 of")
    opened.page.focus("#findings summary")
    opened.page.keyboard.press("Enter")
    assert opened.page.inner_text("#findings mark") == "abcd…yz"
    told = opened.page.inner_text("#findings dl")
    assert "observed, medium confidence" in told
    assert "What to do" in told
    opened.page.click("#findings tbody a")
    rule = opened.page.url.partition("#")[2]
    assert opened.page.locator(f"[id='{rule}']").is_visible()
    assert opened.page.locator(f"[id='{rule}'] a[href^='https://']").count() >= 1


@browsed
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_what_stands_in_backticks_is_code(browser: Browser, tmp_path: Path, scripts: bool) -> None:
    given = report(*(finding(at, message=text) for at, text in enumerate(("`<b>` reaches `print`", "half a ` tick"))))
    page = Opened(browser, tmp_path / "report.html", given, java_script_enabled=scripts).page
    assert page.locator("#findings summary code").all_text_contents() == ["<b>", "print"]
    assert set(page.locator("#findings summary").all_text_contents()) == {"<b> reaches print", "half a ` tick"}


@browsed
def test_keys_and_screen_readers(browser: Browser, tmp_path: Path) -> None:
    opened = Opened(browser, tmp_path / "report.html", MIXED)
    page = opened.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the findings"
    unnamed = page.evaluate(
        "[...document.querySelectorAll('button, input, select, a, svg, nav, form, [role=region]')]"
        ".filter(one => !(one.textContent.trim() || one.labels?.length || one.getAttribute('aria-label') || one.getAttribute('aria-labelledby')))"
        ".map(one => one.outerHTML)"
    )
    assert unnamed == []
    assert page.evaluate("[...document.querySelectorAll('h1, h2, h3')].map(one => one.tagName)")[:2] == ["H1", "H2"]
    assert page.get_attribute("html", "lang") == "en"
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(one => one.id)")
    assert len(ids) == len(set(ids))


@browsed
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_can_be_read(browser: Browser, tmp_path: Path, scheme: Any) -> None:
    page = Opened(browser, tmp_path / "report.html", MIXED, color_scheme=scheme).page
    names = ("body", "a", ".dim", "td.critical", "td.high", "td.medium", "td.low")

    def luminance(color: str) -> float:
        parts = [int(one) / 255 for one in re.findall(r"\d+", color)[:3]]
        red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    back = luminance(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    for name in names:
        fore = luminance(page.evaluate("name => getComputedStyle(document.querySelector(name)).color", name))
        assert (max(back, fore) + 0.05) / (min(back, fore) + 0.05) >= 4.5, name


@browsed
def test_narrow_screens_do_not_scroll_sideways(browser: Browser, tmp_path: Path) -> None:
    page = Opened(browser, tmp_path / "report.html", MIXED, viewport={"width": 360, "height": 800}).page
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@browsed
def test_without_scripts_there_is_still_a_report(browser: Browser, tmp_path: Path) -> None:
    many = report(*(finding(at) for at in range(300)))
    opened = Opened(browser, tmp_path / "report.html", many, java_script_enabled=False)
    assert opened.page.locator("#findings tbody tr").count() == 100
    assert "without scripts the first 100 are shown" in opened.page.inner_text("#status")
    assert not opened.page.locator("#filters").is_visible()


@browsed
def test_printing_opens_everything(browser: Browser, tmp_path: Path) -> None:
    page = Opened(browser, tmp_path / "report.html", report(*(finding(at) for at in range(300)))).page
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#findings details[open]").count() == 300
    page.emulate_media(media="print")
    assert not page.locator("#filters").is_visible()
    assert not page.locator("#findings dl .more:visible").count()  # the rules have it, once
    assert page.locator("#findings dl :text('observed'):visible").count() == 300
    assert page.pdf().startswith(b"%PDF")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator("#findings tbody tr").count() == 100


@browsed
def test_twenty_thousand_findings_stay_usable(browser: Browser, tmp_path: Path) -> None:
    opened = Opened(browser, tmp_path / "report.html", report(*(finding(at, f"f{at}.py") for at in range(20_000))))
    opened.status("20,000 of 20,000 findings")
    assert opened.page.locator("#findings tbody tr").count() == 100
    assert opened.page.inner_text("#pages span") == "Page 1 of 200"
    opened.page.click("#pages button:last-child")
    assert opened.page.inner_text("#pages span") == "Page 2 of 200"
    began = opened.page.evaluate("performance.now()")
    opened.page.fill("input[name=words]", "f19999.py")
    opened.status("1 of 20,000 findings")
    assert opened.page.evaluate("performance.now()") - began < 5_000
    assert opened.page.locator("#pages button:disabled").count() == 2
