"""What is served around the pages: their language, our own files, the way in."""

import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from fastapi.testclient import TestClient

from scoring.i18n import LANGUAGES
from scoring.web.page_language import Mounted, PageLanguage
from scoring.web.static import FILES, OF_THE_MODEL, STATIC, STYLES, add_static, fingerprint

PAGE = '<!doctype html><html lang="en"><head><script src="gradio.js"></script></head><body>é</body></html>'


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    app = FastAPI()
    add_static(app)

    @app.get("/{lang}/")
    async def page(lang: str) -> HTMLResponse:
        return HTMLResponse(PAGE)

    app.add_middleware(PageLanguage, pages={f"/{lang}/": Mounted(lang) for lang in LANGUAGES})
    with TestClient(app) as opened:
        yield opened


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_page_is_in_its_language(client: TestClient, lang: str) -> None:
    answer = client.get(f"/{lang}/?client=100002")
    assert f'<html lang="{lang}">' in answer.text
    assert answer.text.index(f"'{lang}'") < answer.text.index("gradio.js")
    assert answer.text.endswith("<body>é</body></html>")
    assert f"clairscore_language={lang}" in answer.headers["set-cookie"]
    assert int(answer.headers["content-length"]) == len(answer.content)


def test_what_is_no_page_of_ours_is_left_alone(client: TestClient) -> None:
    answer = client.get("/de/")
    assert answer.text == PAGE
    assert "set-cookie" not in answer.headers


def test_a_files_address_changes_with_it() -> None:
    assert len({fingerprint(name) for name in FILES}) == len(FILES)


@pytest.mark.parametrize("name", FILES)
def test_our_own_files(client: TestClient, name: str) -> None:
    answer = client.get(f"/static/{name}")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(FILES[name])
    assert "max-age" in answer.headers["cache-control"]


@pytest.mark.parametrize("name", ["IBMPlexSans.LICENSE", "..%2fframe.py", "nothing.css"])
def test_no_other_file(client: TestClient, name: str) -> None:
    assert client.get(f"/static/{name}").status_code == 404


@pytest.mark.parametrize(
    ("cookie", "header", "lang"),
    [("", "en-GB,en;q=0.9", "en"), ("", "de", "fr"), ("fr", "en", "fr"), ("en", "fr", "en"), ("xx", "en", "en")],
)
def test_the_way_in(client: TestClient, cookie: str, header: str, lang: str) -> None:
    client.cookies.clear()
    headers = {"accept-language": header} | ({"cookie": f"clairscore_language={cookie}"} if cookie else {})
    answer = client.get("/?client=100002", headers=headers, follow_redirects=False)
    assert answer.status_code == 307
    assert answer.headers["location"].endswith(f"{lang}/?client=100002")


def test_a_packed_file_arrives_whole(client: TestClient) -> None:
    answer = client.get("/static/plotly-cartesian.min.js")
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.text.startswith("/**\n* plotly.js (cartesian - minified) v")
    assert client.get("/static/plotly-cartesian.min.js.gz").status_code == 404


def test_an_address_with_the_fingerprint_is_kept_for_good(client: TestClient) -> None:
    now = client.get(f"/static/charts.js?{fingerprint('charts.js')}").headers["cache-control"]
    assert "immutable" in now
    assert "immutable" not in client.get("/static/charts.js?0123456789ab").headers["cache-control"]


def test_a_class_is_styled_by_one_sheet() -> None:
    """The officers' pages link every sheet of theirs: two that style one class would each change the other's page."""
    sheets: dict[str, set[str]] = {}
    for name in (one for one in STYLES if one not in OF_THE_MODEL):
        sheet = (STATIC / name).read_text(encoding="utf-8")
        plain = re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL).split("@media")[0]
        for selectors in re.findall(r"([^{};]+)\{", plain):
            for one in re.findall(r"(?:^|,)\s*\.(cs-[\w-]+)\s*(?=,|$)", selectors.strip()):
                sheets.setdefault(one, set()).add(name)
    assert {one: names for one, names in sheets.items() if len(names) > 1} == {}
