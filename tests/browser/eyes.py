"""What a careful person with four pairs of glasses sees on every page: collected while walking, told at the end."""

from axe_playwright_python.sync_playwright import Axe

AXE = Axe()
#: A rule of slight weight never finds anything serious (axe gives what a rule finds the rule's own weight), and what
#: is in order need not be told. Its preloading loads style sheets anew by their relative addresses, and writes a style
#: that is refused.
ASK_AXE = """async (options) => {
    const slight = axe._audit.rules.filter((rule) => ["minor", "moderate"].includes(rule.impact));
    const rules = Object.fromEntries(slight.map((rule) => [rule.id, {enabled: false}]));
    return (await axe.run({resultTypes: ["violations"], preload: false, rules, ...options})).violations;
}"""
DESK_FROM = 768
#: A browser that was refused something by the policy says so in its console; some of it only to listeners.
LISTEN = """document.addEventListener("securitypolicyviolation",
    (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`))"""
#: What a style sheet tells apart: each element within which.
KINDS = """() => {
    const kind = (item) => `${item.localName}.${[...item.classList].sort().join(".")}`;
    const all = [...document.querySelectorAll("body, body *")];
    return [...new Set(all.map((item) => `${kind(item.parentElement)} ${kind(item)}`))];
}"""
STATUS = "performance.getEntriesByType('navigation')[0].responseStatus"
TOO_WIDE = """() => {
    const room = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= room) return [];
    return [...document.body.querySelectorAll("*")]
        .filter((item) => item.getBoundingClientRect().right > room + 1)
        .map((item) => item.outerHTML.slice(0, 90)).slice(0, 3).concat("…");
}"""
#: A bar that stays at the foot of the screen lies over something wherever the page was scrolled to; whoever wants that
#: scrolls on. While axe looks it stands at its own place.
UNSTUCK = """() => [...document.querySelectorAll("body *")]
    .filter((item) => getComputedStyle(item).position === "sticky")
    .forEach((item) => { item.style.position = "static"; item.dataset.wasSticky = ""; })"""
STUCK = """() => document.querySelectorAll("[data-was-sticky]").forEach((item) => {
    item.style.removeProperty("position"); delete item.dataset.wasSticky;
})"""
SETTLED = "() => Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => null)))"


class Eyes:
    """Watches the pages of a browser; `findings` holds a sentence for each thing that must not be."""

    def __init__(self, chromium, address: str):
        self._chromium, self._address = chromium, address
        self.findings: list[str] = []
        self.network_is_cut = False
        self._contexts = []
        self._seen_by_night: set[str] = set()

    def new_page(self, width: int = 1280, **options):
        """A page in a browser of its own: nothing is shared with the others, cookies neither."""
        height = 812 if width < DESK_FROM else 800
        context = self._chromium.new_context(
            viewport={"width": width, "height": height},
            base_url=self._address,
            locale="en-US",
            timezone_id="Asia/Ho_Chi_Minh",
            # Whoever gets dizzy gets no transitions; nobody here waits for them either.
            reduced_motion="reduce",
            **options,
        )
        context.set_default_timeout(120_000)
        context.add_init_script(LISTEN)
        self._contexts.append(context)
        return self.one_more_page(context)

    def one_more_page(self, context):
        """A page beside the others of a browser, or after they were closed."""
        page = context.new_page()
        page.on("console", lambda message: self._heard(page, message))
        page.on("pageerror", lambda error: self.findings.append(f"{page.url}: script: {error}"))
        page.on("requestfailed", lambda request: self._failed(page, request))
        page.on("response", lambda response: self._answered(page, response))
        return page

    def _heard(self, page, message) -> None:
        # What the browser says about an answer's status is judged where the answer is.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.findings.append(f"{page.url}: console: {message.text}")

    def _failed(self, page, request) -> None:
        # The page was left meanwhile, or the test has cut the network.
        if request.failure != "net::ERR_ABORTED" and not self.network_is_cut:
            self.findings.append(f"{page.url}: not loaded: {request.url} {request.failure}")

    def _answered(self, page, response) -> None:
        is_page = response.request.is_navigation_request()
        if response.status >= 500 or (response.status >= 400 and not is_page):
            self.findings.append(f"{page.url}: {response.status} {response.url}")
        if not response.url.startswith(self._address):
            self.findings.append(f"{page.url}: asks another site: {response.url}")

    def look(self, page, *, status: int = 200) -> None:
        """The page as it stands: nothing is wider than the screen, and axe finds nothing serious.

        A desk is looked at by day, a phone by night. Colours do not depend on the width, and axe is slow: a page that
        is walked over at both widths has been looked at by day and by night.
        """
        self._ask(page, self._stands(page, status), {})

    def _stands(self, page, status: int) -> str:
        """Which page it is and how wide; what is wrong about its answer and its width is noted."""
        width = page.viewport_size["width"]
        page.emulate_media(color_scheme="dark" if width < DESK_FROM else "light")
        page.wait_for_load_state()  # a click waits until the next page begins, not until there is something on it
        page.evaluate(SETTLED)
        where = f"{width} px: {page.url.removeprefix(self._address)}"
        shown = page.evaluate(STATUS)
        if shown != status:
            self.findings.append(f"{where}: status {shown}, not {status}")
        self.findings += [f"{where}: wider than the screen: {item}" for item in page.evaluate(TOO_WIDE)]
        return where

    def look_again(self, page, *, status: int = 200) -> None:
        """The page that was looked at at the desk by day, on a phone by night: its structure is the same, and its
        colours are new only where it shows what no page of this walk has shown by night."""
        size = page.viewport_size
        page.set_viewport_size({"width": 375, "height": 812})
        where = self._stands(page, status)
        kinds = set(page.evaluate(KINDS))
        if not kinds <= self._seen_by_night:
            self._ask(page, where, {"runOnly": ["color-contrast", "scrollable-region-focusable", "target-size"]})
        self._seen_by_night |= kinds
        page.set_viewport_size(size)

    def _ask(self, page, where: str, options: dict) -> None:
        if not page.evaluate("typeof axe === 'object'"):  # once a page: it is half a megabyte
            page.evaluate(AXE.axe_script)
        page.evaluate(UNSTUCK)
        violations = page.evaluate(ASK_AXE, options)
        page.evaluate(STUCK)
        for found in violations:
            if found["impact"] in ("serious", "critical"):
                first = found["nodes"][0]
                said = f"{first['target']} {first['html'][:120]} {first['failureSummary'][:200]}"
                self.findings.append(f"{where}: {found['id']} ({len(found['nodes'])} times): {said}")

    def close(self) -> None:
        for context in self._contexts:
            context.close()
