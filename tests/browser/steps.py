"""What people do on more than one walk."""


def sign_in(eyes, site, page, username: str) -> None:
    """As a person does: the name, the password, and the six digits where the account has them."""
    page.goto("/accounts/login/")
    eyes.look(page)
    page.fill("input[name=login]", username)
    page.fill("input[name=password]", site.sign_ins[username][0])
    page.click("main button[type=submit]")
    if site.sign_ins[username][1]:
        eyes.look(page)
        page.fill("input[name=code]", site.code_of(username))
        page.locator("main button[type=submit]:not([form])").click()
    assert "/accounts/" not in page.url
