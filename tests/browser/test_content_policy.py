"""What somebody smuggled into a page does not run, and whoever looks at the console is told."""

from __future__ import annotations

from playwright.sync_api import Page, Route

PLANTED = "<script>window.smuggled = 1</script><style>h1 { letter-spacing: 42px }</style>"


def plant(page: Page, *, with_policy: bool) -> None:
    """The log-in's page with a script and a style of somebody else's in it."""

    def answer(route: Route) -> None:
        came = route.fetch()
        headers = {name: value for name, value in came.headers.items() if name != "content-encoding"}
        if not with_policy:
            del headers["content-security-policy"]
        route.fulfill(response=came, headers=headers, body=came.text().replace("</head>", f"{PLANTED}</head>"))

    page.route("**/accounts/login/", answer)
    page.goto("/accounts/login/")


def happened(page: Page) -> tuple[bool, bool]:
    """Whether the script ran, and whether the style counts."""
    spacing = page.evaluate("getComputedStyle(document.querySelector('h1')).letterSpacing")
    return page.evaluate("window.smuggled === 1"), spacing == "42px"


def test_the_policy_stops_it_and_the_console_says_so(page: Page, console_errors: list[str]) -> None:
    plant(page, with_policy=True)
    assert happened(page) == (False, False)
    for _ in range(100):
        if len(console_errors) >= 2:
            break
        page.wait_for_timeout(50)
    assert sorted(is_of_the_policy(error) for error in console_errors) == ["inline script", "inline style"]
    console_errors.clear()  # what is left in it fails the test, as it would any other


def is_of_the_policy(error: str) -> str:
    assert "Content Security Policy" in error
    return "inline script" if "script" in error.split("directive")[0] else "inline style"


def test_without_the_policy_it_happens(page: Page) -> None:
    plant(page, with_policy=False)
    assert happened(page) == (True, True)
