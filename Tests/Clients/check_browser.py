#!/usr/bin/env python3
"""The pages in a browser: Chromium, driven by Playwright, with axe-core as the judge of accessibility.

Needs Debian's package `chromium`. Without it the checks are left out, and say so.

    check_browser.py                            starts a `northern demo`
    check_browser.py --ready-file demo.json     checks the one that wrote this file

Where PAGE_PICTURES names a folder, a picture of each page is kept there.
"""
import atexit
import os
import re
import shutil
import sys
from contextlib import contextmanager
from urllib.parse import urlsplit

from harness import Impossible, Suite, expect, main, once

browser = Suite("browser")

LANGUAGES, SCHEMES = ("en", "fr"), ("light", "dark")
# WCAG 2.2 at levels A and AA, and what axe holds for good practice.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
MOST_BYTES = 60 * 1024


@once
def chromium(_world):
    path = shutil.which("chromium")
    if not path:
        raise Impossible("there is no chromium; scripts/install-packages test installs it")
    from playwright.sync_api import sync_playwright
    driver = sync_playwright().start()
    # Its sandbox wants what containers and root don't have; the pages are our own.
    running = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
    atexit.register(lambda: (running.close(), driver.stop()))
    return running


def base_url(world):
    return world.demo.base_url


@contextmanager
def tab(world, language="en", scheme="light", scripts=True, width=1280):
    context = chromium(world).new_context(
        color_scheme=scheme, locale={"en": "en-CA", "fr": "fr-CA"}[language], java_script_enabled=scripts,
        viewport={"width": width, "height": 900}, base_url=base_url(world))
    try:
        yield context.new_page()
    finally:
        context.close()


@once
def paths(world):
    """All public pages: a route's page stands for those of its like, one that failed for all of those."""
    with tab(world) as page:
        page.goto("/models")
        route = page.locator(".routes tbody th a").first.get_attribute("href")
        page.goto("/docs")
        guides = page.locator(".cards a").evaluate_all("all => all.map(one => one.getAttribute('href'))")
    return ["/", "/models", "/models?processing=CA&images=yes", "/models?output=0&tools=yes", route, "/docs", *guides,
            "/nowhere"]


def without_guides(world):
    return [path for path in paths(world) if not path.startswith("/docs/")]


def keep_picture(page, path, language, scheme, width):
    folder = os.environ.get("PAGE_PICTURES")
    if folder:
        name = re.sub(r"\W+", "-", path).strip("-") or "first"
        page.screenshot(path=os.path.join(folder, f"{name}-{language}-{scheme}-{width}.png"), full_page=True)


def violations(page):
    from axe_playwright_python.sync_playwright import Axe
    found = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]}).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found]


def faults(world, pages, language, scheme, width=1280):
    found = []
    with tab(world, language, scheme, width=width) as page:
        for path in pages:
            page.goto(path)
            keep_picture(page, path, language, scheme, width)
            found += [f"{path}: {fault}" for fault in violations(page)]
    return found


@browser.check_each([f"{language}-{scheme}" for language in LANGUAGES for scheme in SCHEMES])
def axe_finds_no_fault(world, look):
    language, scheme = look.split("-")
    expect(faults(world, paths(world), language, scheme), "what axe finds").equals([])


@browser.check
def axe_finds_no_fault_on_a_telephone(world):
    expect(faults(world, without_guides(world), "en", "light", width=390), "what axe finds").equals([])


@browser.check
def pages_are_small_and_ask_nobody_else(world):
    host, others, large = urlsplit(base_url(world)).netloc, [], []
    for language in LANGUAGES:
        with tab(world, language) as page:
            page.on("request", lambda request: others.append(request.url)
                    if urlsplit(request.url).netloc != host else None)
            for path in paths(world):
                size = len(page.goto(path).body())
                if size > MOST_BYTES and not path.startswith("/docs/"):
                    large.append(f"{path} {language}: {size}")
    expect(others, "requests to others").equals([])
    expect(large, "pages above 60 KiB").equals([])


@browser.check
def nothing_is_written_to_the_console(world):
    told = []
    with tab(world) as page:
        page.on("pageerror", lambda error: told.append(str(error)))
        for path in paths(world):
            messages = []
            listener = lambda message: messages.append(message.text)  # noqa: E731
            page.on("console", listener)
            status = page.goto(path).status
            page.remove_listener("console", listener)
            # Chromium itself tells there of a page that is missing.
            told += [f"{path}: {text}" for text in messages if status < 400]
    expect(told, "what the console shows").equals([])


@browser.check
def no_page_is_wider_than_a_telephone(world):
    wide = []
    with tab(world, width=360) as page:
        for path in paths(world):
            page.goto(path)
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wide.append(path)
    expect(wide, "pages to be scrolled sideways").equals([])


@browser.check
def the_keyboard_comes_by_everything_in_the_order_of_the_page(world):
    with tab(world) as page:
        for path in ("/", "/models"):
            page.goto(path)
            wanted = page.evaluate("""() => {
                const all = [...document.querySelectorAll('a[href], button, input, select, [tabindex="0"]')]
                    .filter(one => one.checkVisibility());
                all.forEach((one, index) => { one.dataset.order = index; });
                return all.length; }""")
            order = []
            for _ in range(wanted):
                page.keyboard.press("Tab")
                order.append(page.evaluate("Number(document.activeElement.dataset.order ?? -1)"))
            expect(order, path).equals(list(range(wanted)))


@browser.check
def the_first_key_offers_to_skip_to_the_content(world):
    with tab(world) as page:
        page.goto("/models")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.evaluate("document.activeElement.id"), "what has the focus").equals("content")


@browser.check
def pages_do_without_scripts(world):
    with tab(world, scripts=False) as page:
        page.goto("/models")
        every = page.locator(".routes tbody tr").count()
        page.locator("select[name=processing]").select_option("CA")
        page.locator(".filters button").click()
        some = page.locator(".routes tbody tr").count()
        expect(0 < some < every, "whether fewer routes are shown").equals(True)
        page.locator(".routes tbody th a").first.click()
        expect("/v1/chat/completions" in page.content(), "whether a route's page has a call").equals(True)
        page.get_by_role("link", name="Français").click()
        expect(page.locator("html").get_attribute("lang"), "the language").equals("fr")
        page.goto("/models")
        expect(page.locator("h1").inner_text(), "the title later").equals("Modèles")


@browser.check
def a_filter_takes_effect_at_once_where_scripts_run(world):
    with tab(world) as page:
        page.goto("/models")
        page.locator("select[name=processing]").select_option("CA")
        page.wait_for_url(re.compile("processing=CA"))


@browser.check
def the_switch_of_colors_is_kept(world):
    with tab(world) as page:
        page.goto("/")
        before = page.evaluate("getComputedStyle(document.body).backgroundColor")
        page.locator(".theme").click()
        page.goto("/models")
        after = page.evaluate("getComputedStyle(document.body).backgroundColor")
        expect(before != after, "whether the ground has another color").equals(True)
        expect(page.locator(".theme").get_attribute("aria-pressed"), "the switch").equals("true")


@browser.check
def a_button_copies_the_id_of_a_route(world):
    with tab(world) as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.goto(next(path for path in paths(world) if path.startswith("/models/")))
        page.locator("code[data-copy] + .copy").click()
        shown = page.locator("code[data-copy]").inner_text()
        expect(page.evaluate("navigator.clipboard.readText()"), "the clipboard").equals(shown)


SUITES = (browser,)

if __name__ == "__main__":
    sys.exit(main(*SUITES))
