"""The playground in a real browser, used like a person would: type, read, click, move a slider, come back.

Would catch a page that shows nothing, a histogram out of date with the program or the slider, an error without its
place, a fix that changes the wrong place, a completion that takes keys from the user, a control without a name, text
that becomes markup, a request to any other address, and a page too wide for a phone.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

sync = pytest.importorskip("playwright.sync_api")
pytest.importorskip("starlette")
pytest.importorskip("uvicorn")

from ionqdsl import playground
from ionqdsl.playground.server import Playground

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")

ENERGY = """param theta
hamiltonian magnet = -Z[0]*Z[1] - 0.5*X[0] - 0.5*X[1]
circuit ansatz { qubit q[2]; ry(theta) q }
energy { hamiltonian = magnet; ansatz = ansatz; params = [0.3] }
test "sure" { qubit q; expect prob("0") == 1 }
test "wrong" { qubit q; expect prob("0") == 0.5 }
"""
SLIDER = "param theta = 0.0\nqubit q[2]\nry(2*theta) q[0]\ncnot q[0], q[1]\nregister first = q[0]\n"


@pytest.fixture(scope="module")
def server() -> Iterator[Playground]:
    with playground.start() as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync.sync_playwright() as engine:
        found = engine.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture
def page(browser: Any, server: Playground) -> Iterator[Any]:
    """The page, just opened; at the end nothing has gone wrong in it and nobody else was asked."""
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    found = context.new_page()
    troubles: list[str] = []
    found.on("pageerror", lambda error: troubles.append(str(error)))
    found.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    asked: list[str] = []
    found.on("request", lambda request: asked.append(request.url))
    found.goto(server.url)
    found.wait_for_selector("#outcome svg", timeout=60_000)
    yield found
    assert troubles == []
    assert all(url.startswith((server.url, "blob:", "data:")) for url in asked)
    context.close()


def shares(page: Any) -> dict[str, float]:
    """The histogram as the page shows it: outcome and share."""
    texts = page.locator("#outcome g.gate title").all_text_contents()
    return {key: float(value) for key, value in (text.split(": ") for text in texts)}


def program(page: Any, text: str) -> None:
    page.fill("#text", text)


def code(page: Any) -> str:
    """The text in the editor."""
    return "\n".join(page.locator(".cm-line").all_text_contents())


def selected(page: Any) -> str:
    text: str = page.evaluate("getSelection().toString()")
    return text


def wait_for(page: Any, condition: str) -> None:
    page.wait_for_function(f"() => {condition}", timeout=60_000)  # a function: the page allows no eval


def test_the_histogram_follows_the_program(page: Any) -> None:
    program(page, "qubit q[2]\nx q[1]\n")
    wait_for(page, "document.querySelector('#outcome').textContent.includes('01: 1')")
    assert shares(page) == {"01": 1.0}
    assert page.inner_text("#status") == "1 warning"  # of the linter: one qubit is idle
    wait_for(page, "document.querySelector('#compiled').textContent.includes('GPi(0')")
    wait_for(page, "document.querySelector('#job').textContent.includes('ionq.circuit.v1')")


def test_an_error_has_its_line_and_a_click_goes_there(page: Any) -> None:
    program(page, "qubit q[2]\nh q[0]\nrx(pi/2) q[0], q[1]  # <img src=x>\n")
    wait_for(page, "document.querySelector('#messages button')")
    message = page.inner_text("#messages button.said")
    assert page.inner_text("#messages .why summary").endswith("QC0203")  # in plain words, the code at the end
    page.click("#messages .why summary")
    assert "number of qubits" in page.inner_text("#messages .why")
    assert message.startswith("error:\nLine 3")
    assert "Apply it to both" in message
    assert page.inner_text("#status").startswith("1 error")
    assert page.locator("#status").get_attribute("aria-live") == "polite"
    assert page.locator(".cm-lintRange-error").all_text_contents() == ["q[0], q[1]"]
    assert page.locator("#text img, #messages img").count() == 0
    assert page.locator(".cm-gutter-lint .cm-lint-marker-error").count() == 1
    page.click("#messages button.said")
    assert selected(page) == "q[0], q[1]"
    assert page.evaluate("document.activeElement.id") == "text"


def test_a_slider_moves_the_histogram(page: Any) -> None:
    """By keyboard: the share of 11 is sin(theta)^2. Every step is answered, or left out for a later one."""
    program(page, SLIDER)
    wait_for(page, "document.querySelector('#outcome').textContent.includes('00: 1')")
    page.wait_for_selector("#job:not(:empty)", state="attached")
    page.get_by_label("theta", exact=True).focus()
    page.keyboard.press("End")
    for _ in range(90):  # a degree each
        page.keyboard.press("ArrowLeft")
    wait_for(page, "document.querySelector('#sliders input[type=number]').value == '1.5708'")
    wait_for(page, "document.querySelector('#outcome').textContent.includes('11: 1')")
    assert shares(page) == {"11": 1.0}
    page.get_by_label("theta, value").fill("0.5")
    wait_for(page, "document.querySelector('#outcome').textContent.includes('11: 0.229849')")
    page.get_by_label("Show", exact=False).and_(page.locator("select")).select_option("register first")
    assert shares(page) == pytest.approx({"0": 0.770151, "1": 0.229849})
    program(page, SLIDER.replace("0.0", "0.1"))  # the program has the last word
    wait_for(page, "document.querySelector('#sliders input[type=number]').value == '0.1'")
    wait_for(page, "document.querySelector('#outcome').textContent.includes('1: 0.00996')")


def test_shots_machines_and_examples(page: Any) -> None:
    page.get_by_label("Example").select_option("bell")
    wait_for(page, "document.querySelector('#text').textContent.includes('Bell')")
    page.get_by_label("Shots").select_option("1000")
    wait_for(page, "document.querySelector('#outcome').textContent.includes('1,000 shots')")
    page.get_by_label("Machine").select_option("aria")
    wait_for(page, "document.querySelector('#compiled').textContent.includes('MS')")
    assert "expected fidelity" in page.inner_text("#counts")
    with page.expect_download() as download:
        page.click("#save-program")
    assert download.value.suggested_filename == "bell.qc"
    page.wait_for_selector("#save-job[aria-disabled=false]")
    with page.expect_download() as download:
        page.click("#save-job")
    with open(download.value.path(), encoding="utf-8") as file:
        assert json.load(file)["input"]["gateset"] == "native"


def test_a_remark_has_a_button_that_settles_it(page: Any) -> None:
    """And the browser's undo takes it back. A misspelt gate has one too."""
    program(page, "const unused = 1\nqubit q\nx q\n")
    wait_for(page, "document.querySelector('#messages .warning, #messages .note')")
    assert "QC1005" in page.inner_text("#messages")
    page.locator("#messages button.mend").first.click()
    assert code(page) == "qubit q\nx q\n"
    assert page.evaluate("document.activeElement.id") == "text"
    wait_for(page, "document.querySelector('#status').textContent === 'No errors'")
    page.keyboard.press("Control+z")
    wait_for(page, "document.querySelector('#text').textContent.startsWith('const unused')")
    program(page, "qubit q\nhh q\n")
    wait_for(page, "document.querySelector('#messages .error .mend')")
    page.get_by_role("button", name="Fix: change to h").click()
    assert code(page) == "qubit q\nh q\n"


def test_the_focus_stays_on_a_message(page: Any) -> None:
    """Nothing asks again while somebody goes through the list by keyboard."""
    program(page, "qubit q\nhh q\n")
    wait_for(page, "document.querySelector('#messages .error .mend')")
    page.locator("#messages .mend").focus()
    page.wait_for_timeout(800)  # the job would be asked for after half a second
    assert page.evaluate("document.activeElement.className") == "mend"
    page.set_viewport_size({"width": 1100, "height": 900})  # pictures are drawn anew
    page.wait_for_timeout(800)
    assert page.evaluate("document.activeElement.className") == "mend"


def test_a_server_that_was_away(page: Any) -> None:
    """The page says so, and takes it back when there is an answer, even to a slider."""
    program(page, SLIDER)
    wait_for(page, "document.querySelector('#outcome').textContent.includes('00: 1')")
    page.wait_for_selector("#job:not(:empty)", state="attached")
    page.route("**/answer", lambda route: route.fulfill(body="nobody's"))
    page.get_by_label("theta, value").fill("0.1")
    wait_for(page, "document.querySelector('#status').textContent.includes('does not answer')")
    page.unroute("**/answer")
    page.get_by_label("theta, value").fill("0.2")
    wait_for(page, "document.querySelector('#status').textContent === 'No errors'")


def test_a_fix_for_an_older_text_changes_nothing(page: Any) -> None:
    program(page, "qubit q\nhh q\n")
    wait_for(page, "document.querySelector('#messages .error .mend')")
    page.focus("#text")
    page.keyboard.press("Control+Home")
    page.evaluate(
        """() => {  // at once, before the page has asked again
          const mend = document.querySelector("#messages .mend");
          document.querySelector("#text").addEventListener("keydown", () => setTimeout(() => mend.click()));
        }"""
    )
    page.keyboard.press("Enter")
    page.wait_for_timeout(50)
    assert code(page) == "\nqubit q\nhh q\n"


def test_completion_by_keyboard(page: Any) -> None:
    """Two letters open the list, in which nothing is chosen: Enter is still a new line. Escape closes it."""
    page.fill("#text", "")
    page.focus("#text")
    page.keyboard.type("qubit q[2]\ncno")
    offers = page.locator(".cm-tooltip-autocomplete li")
    offers.first.wait_for()
    assert offers.first.text_content().startswith("cnot")
    assert page.locator(".cm-tooltip-autocomplete [aria-selected=true]").count() == 0
    page.keyboard.press("Escape")
    offers.first.wait_for(state="detached")
    page.keyboard.type("t")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    assert code(page) == "qubit q[2]\ncnot\n"
    page.keyboard.type("cr")
    offers.first.wait_for()
    assert [name[:3] for name in offers.all_text_contents()] == ["crx", "cry", "crz"]
    page.wait_for_timeout(100)  # a list that has just opened takes no keys
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    chosen = page.locator("#text").get_attribute("aria-activedescendant")
    assert page.locator(f"#{chosen}").get_attribute("aria-selected") == "true"
    page.keyboard.press("Enter")
    assert code(page).endswith("\ncry(theta) ")
    assert selected(page) == "theta"
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")  # the key leaves the text, as ever
    assert page.evaluate("document.activeElement.id") != "text"


def test_brackets_search_and_undo(page: Any) -> None:
    page.fill("#text", "")
    page.focus("#text")
    page.keyboard.type("qubit q[2")
    assert code(page) == "qubit q[2]"  # a bracket closes itself
    page.keyboard.press("Control+f")
    page.keyboard.type("q[")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.name") == "search"
    page.keyboard.press("Escape")
    assert selected(page) == "q["
    page.evaluate(
        """() => {
          window.coloured = (word, kind) => {
            const like = document.body.appendChild(document.createElement("i"));
            like.style.color = `var(--${kind})`;
            const wanted = getComputedStyle(like).color;
            like.remove();
            const found = [...document.querySelectorAll(".cm-line span")].find((one) => one.textContent === word);
            return getComputedStyle(found).color === wanted;
          };
        }"""
    )
    for word, kind in (("qubit", "keyword"), ("2", "number")):
        wait_for(page, f"coloured({word!r}, {kind!r})")


def test_gates_are_added_by_press_and_by_drag(page: Any) -> None:
    """A dropped gate stands after the one to its left, on the wire below the pointer."""
    program(page, "qubit q[3]\nh q[0]; x q[0]  # two\ncnot q[0], q[1]\n")
    wait_for(page, "document.querySelectorAll('#written [data-row]').length === 3")
    first = page.locator("#written [data-row='0'] rect").bounding_box()
    picture = page.locator("#written").bounding_box()
    at = {"x": first["x"] - picture["x"] + 26, "y": first["y"] - picture["y"] + 12}
    page.get_by_role("button", name="Add s", exact=True).drag_to(page.locator("#written"), target_position=at)
    wait_for(page, "document.querySelectorAll('#written [data-row]').length === 4")
    assert code(page) == "qubit q[3]\nh q[0]; s q[0]; x q[0]  # two\ncnot q[0], q[1]\n"
    at["y"] += 72
    page.get_by_role("button", name="Add cz").drag_to(page.locator("#written"), target_position=at)
    wait_for(page, "document.querySelectorAll('#written [data-row]').length === 5")
    assert code(page).startswith("qubit q[3]\ncz q[2], q[1]\n")
    page.get_by_role("button", name="Add h", exact=True).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    wait_for(page, "document.querySelectorAll('#written [data-row]').length === 6")
    assert code(page).endswith("cnot q[0], q[1]\nx q[0]\n")


def test_a_gate_is_dropped_where_a_wide_picture_shows_it(page: Any) -> None:
    """Of more than twenty qubits, a fold shows those with a gate in it; the picture is scrolled to the fold."""
    ladder = "qubit q[24]\nfor i in range(23) { cnot q[i], q[i + 1] }\n"
    program(page, ladder)
    wait_for(page, "document.querySelectorAll('#written [data-row]').length === 23")
    wire = page.locator("#written [data-qubit='23']").last
    wire.scroll_into_view_if_needed()
    picture, name = page.locator("#written").bounding_box(), wire.bounding_box()
    assert page.evaluate("document.querySelector('#written').scrollTop") > 0
    at = {"x": picture["width"] - 40, "y": name["y"] - picture["y"] + name["height"] / 2}
    page.get_by_role("button", name="Add h", exact=True).drag_to(page.locator("#written"), target_position=at)
    wait_for(page, "document.querySelectorAll('#written [data-row]').length === 24")
    assert code(page) == f"{ladder}h q[23]\n"


def test_the_state_between_gates(page: Any) -> None:
    program(page, "qubit q[2]\nh q[0]\ns q[0]\ncnot q[0], q[1]\n")
    wait_for(page, "document.querySelector('#stepper p').textContent.includes('cnot q[0], q[1]')")
    page.get_by_label("Before the first gate").click()
    wait_for(page, "document.querySelector('#amplitudes').textContent.includes('00: 1+0i')")
    assert page.locator("#written .later").count() == 3
    page.get_by_label("Gates done").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    wait_for(page, "document.querySelector('#stepper p').textContent.includes('gate 2 of 3: s q[0]')")
    wait_for(page, "document.querySelector('#amplitudes').textContent.includes('probability 0.5, phase 90°')")
    assert page.locator("#bloch title").nth(1).text_content().startswith("q[0]: <X> +0.000000, <Y> +1.000000")
    page.locator("#written [data-row='0']").click()
    wait_for(page, "document.querySelector('#stepper p').textContent.includes('gate 1 of 3: h q[0]')")
    page.get_by_label("Play").click()
    wait_for(page, "document.querySelector('#stepper p').textContent.includes('gate 3 of 3')")


def test_noise_brings_its_machine(page: Any) -> None:
    program(page, "qubit q\nx q\n")
    page.get_by_label("Noise").select_option("aria-1")
    wait_for(page, "/0: 0\\.000\\d/.test(document.querySelector('#outcome').textContent)")
    assert page.get_by_label("Machine").input_value() == "aria"
    page.get_by_label("Noise").select_option("ideal")
    wait_for(page, "document.querySelector('#outcome').textContent.includes('1: 1')")


def test_the_line_between_the_halves_moves(page: Any) -> None:
    line = page.get_by_role("separator")
    before = page.locator("#writing").bounding_box()["width"]
    line.focus()
    page.keyboard.press("ArrowRight")
    assert line.get_attribute("aria-valuenow") == "50"
    wider = page.locator("#writing").bounding_box()["width"]
    assert wider > before
    box = line.bounding_box()
    page.mouse.move(box["x"] + 2, 300)
    page.mouse.down()
    page.mouse.move(420, 300)
    page.mouse.up()
    assert page.locator("#writing").bounding_box()["width"] < before
    page.reload()
    page.wait_for_selector("#outcome svg")
    assert page.locator("#writing").bounding_box()["width"] < before


def test_long_work_can_be_stopped(page: Any) -> None:
    program(page, "qubit q[2]\nfor i in range(3000) { for j in range(3000) { rx(0.1*i + j) q[0] } }\n")
    page.get_by_role("button", name="Stop").click()
    wait_for(page, "document.querySelector('#status').textContent.startsWith('Stopped')")
    program(page, "qubit q\nx q\n")
    wait_for(page, "document.querySelector('#outcome').textContent.includes('1: 1')")


def test_an_example_that_includes_a_file(page: Any) -> None:
    page.get_by_label("Example").select_option("qft")
    wait_for(page, "document.querySelector('#outcome').textContent.includes('011: 1')")
    page.reload()
    wait_for(page, "document.querySelector('#outcome').textContent.includes('011: 1')")


def test_the_program_is_still_there_after_a_reload(page: Any) -> None:
    program(page, "qubit q\nx q  # kept é\n")
    wait_for(page, "location.hash.includes('kept')")
    page.reload()
    wait_for(page, "document.querySelector('#outcome svg')")
    assert code(page) == "qubit q\nx q  # kept é\n"
    assert shares(page) == {"1": 1.0}


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1200, "dark")])
def test_everything_fits_has_a_name_and_can_be_read(browser: Any, server: Playground, width: int, scheme: str) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    page.goto(server.url)
    page.wait_for_selector("#outcome svg", timeout=60_000)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for control in page.locator("select, input").all():
        assert control.evaluate("one => (one.labels[0]?.textContent || one.ariaLabel || '').trim()")
    contrasts = page.evaluate(CONTRASTS)
    assert len(contrasts) > 20
    assert min(contrasts.values()) >= 4.5, min(contrasts.items(), key=lambda item: item[1])
    context.close()


def violations(page: Any) -> list[str]:
    """The rules that the page breaks, with the elements, as axe finds them, in light and, for colours, in dark."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    found = axe.run(page).response["violations"]
    page.emulate_media(color_scheme="dark")
    found += axe.run(page, options={"runOnly": ["color-contrast"]}).response["violations"]
    page.emulate_media(color_scheme="light")
    return [f"{one['id']}: {node['html'][:120]}" for one in found for node in one["nodes"]]


def test_axe_finds_nothing_in_any_state(page: Any) -> None:
    """At first with all that opens, with an energy and tests, with an error in the search, with completions."""
    page.wait_for_selector("#job:not(:empty)", state="attached", timeout=60_000)
    page.evaluate("() => { for (const one of document.querySelectorAll('details')) one.open = true; }")
    page.get_by_label("One gate back").click()
    wait_for(page, "document.querySelector('#written .later')")
    assert violations(page) == []
    program(page, ENERGY)
    wait_for(page, "document.querySelector('#energy').textContent.includes('-1.2081')")
    wait_for(page, "document.querySelectorAll('#cases .passed, #cases .failed').length === 2")
    assert "0.5 is expected" in page.inner_text("#cases .failed")
    assert violations(page) == []
    program(page, "qubit q[2]\nhh q\nconst unused = 1\n")
    page.wait_for_selector("#energy.old")
    page.click("#messages .why summary")
    page.focus("#text")
    page.keyboard.press("Control+f")
    page.wait_for_selector(".cm-search")
    assert violations(page) == []
    page.focus("#text")
    page.keyboard.press("Control+End")
    page.keyboard.press("Control+Space")
    page.wait_for_selector(".cm-tooltip-autocomplete li")
    page.keyboard.press("ArrowDown")
    assert violations(page) == []


CONTRASTS = """() => {
  const parsed = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((part) => part / 255)
    .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
  const behind = (one) => {  // layers that let light through are mixed with those below
    if (!one) return [255, 255, 255];
    const [alpha, ...found] = (([r, g, b, a = 1]) => [a, r, g, b])(parsed(getComputedStyle(one).backgroundColor));
    const below = alpha === 1 ? found : behind(one.parentElement);
    return below.map((part, index) => alpha * found[index] + (1 - alpha) * part);
  };
  const result = {};
  for (const one of document.querySelectorAll("body *:not(svg *)")) {
    const own = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own || !one.checkVisibility() || one.closest(".cm-tooltip")) continue;
    const [a, b] = [light(parsed(getComputedStyle(one).color)), light(behind(one))].sort((x, y) => y - x);
    result[`${one.tagName} ${one.className} ${one.textContent.trim().slice(0, 20)}`] = (a + 0.05) / (b + 0.05);
  }
  return result;
}"""
"""The contrast of every visible text with its background, as WCAG 2 defines it."""
