"""What no page may do while a test looks: speak on the console, break its policy, fail, or run what somebody typed."""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Response, expect

# told at once to the test, because the next page forgets what this one did
SPY = """
document.addEventListener("securitypolicyviolation", (event) =>
  window.__tell(`breaks the policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));
Object.defineProperty(window, "__canary", { set: (number) => window.__tell(`ran a canary: ${number}`), get: () => 0 });
"""
# the browser's own line about an answer, which is looked at by its status
ABOUT_ANSWERS = "Failed to load resource: the server responded with a status of"


@dataclass
class Watch:
    """`allowed`: the statuses above 399 that the test expects; 5xx never is one."""

    context: BrowserContext
    told: list[str] = field(default_factory=list)
    allowed: set[int] = field(default_factory=set)

    def begin(self) -> Watch:
        self.context.expose_function("__tell", lambda text: self.told.append(text))  # noqa: PLW0108
        self.context.add_init_script(SPY)
        self.context.on("console", self._on_console)
        self.context.on("weberror", lambda error: self.told.append(f"page error: {error.error}"))
        self.context.on("response", self._on_response)
        return self

    def _on_console(self, message: ConsoleMessage) -> None:
        if not message.text.startswith(ABOUT_ANSWERS):
            self.told.append(f"console {message.type}: {message.text}")

    def _on_response(self, response: Response) -> None:
        if response.status >= 500 or (response.status >= 400 and response.status not in self.allowed):
            self.told.append(f"{response.status} from {response.request.method} {response.url}")

    def end(self) -> None:
        """Fails if anything was told; the next test that uses the context begins anew."""
        told, self.told, self.allowed = self.told, [], set()
        assert not told, "\n".join(told)


def settle(page: Page) -> None:
    """Until htmx has nothing under way any more."""
    page.wait_for_load_state("load")
    # not wait_for_function: it evaluates a string in the page, which the page's policy forbids
    expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)
