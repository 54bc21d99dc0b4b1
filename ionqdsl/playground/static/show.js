// Showing: puts pictures, tables, choices and the job on the page. Knows the page's elements, and nothing of engines.

import { make, said } from "./messages.js";

export const $ = (id) => document.getElementById(id);

export function draw(place, svg) {
  $(place).innerHTML = svg ?? ""; // from ionqdsl, which escapes it
  $(place).classList.remove("old");
}

export function choose(id, options, chosen = 0) {
  const place = $(id);
  const now = JSON.stringify(options);
  if (place.dataset.options === now) return;
  place.dataset.options = now;
  place.replaceChildren(...options.map(([value, textContent]) => make("option", { value, textContent })));
  place.selectedIndex = Math.min(Math.max(chosen, 0), options.length - 1);
}

export function showProgram(program) {
  draw("compiled", program.compiled);
  said($("compiled-messages"), program.diagnostics ?? []);
  $("compiled-text").textContent = program.text ?? "";
  $("compiled-head").textContent = program.target && program.target !== "native" ? `Compiled for ${program.target}` : "Compiled";
  showCounts(program.counts);
}

function showCounts(counts) {
  if (!counts) return $("counts").replaceChildren();
  const cell = (name, textContent, scope) => make(name, scope ? { textContent, scope } : { textContent });
  const head = make("tr", {}, ...counts.heads.map((text) => (text ? cell("th", text, "col") : make("td"))));
  const rows = counts.rows.map(([name, ...numbers]) => {
    const row = make("tr", {}, cell("th", name, "row"), ...numbers.map((text) => cell("td", text)));
    if (new Set(numbers).size > 1) row.lastChild.className = "better";
    return row;
  });
  $("counts").replaceChildren(make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows)));
  $("counts").classList.remove("old");
}

export class Outcome {
  constructor() { this.pictures = []; }

  show(outcome) {
    this.pictures = outcome.pictures ?? [];
    const before = $("views").value;
    choose("views", this.pictures.map(({ title }) => [title, title]));
    if (this.pictures.some(({ title }) => title === before)) $("views").value = before;
    $("views-label").hidden = this.pictures.length < 2;
    $("energy").hidden = outcome.energy === undefined;
    $("energy-value").textContent = outcome.energy ?? "";
    if (outcome.diagnostics) said($("outcome"), outcome.diagnostics);
    else this.view();
    for (const id of ["outcome", "energy"]) $(id).classList.remove("old");
  }

  // The tallest picture so far sets the height, so that the page below does not jump while a slider moves.
  view() {
    draw("outcome", this.pictures[Math.max(0, $("views").selectedIndex)]?.svg);
    $("outcome").style.minHeight = `${$("outcome").offsetHeight}px`;
  }
}

// The cases of tests, and for each that failed its expectation.
export function showTests({ cases, more, diagnostics }) {
  const place = $("cases");
  place.classList.remove("old");
  $("tests").hidden = !cases?.length && !diagnostics;
  const rows = (cases ?? []).map(({ title, failures }) => {
    const row = make("li", { className: failures.length ? "failed" : "passed" }, `${title}${failures.length ? "" : " passed"}`);
    if (failures.length) said(row.appendChild(make("div")), failures);
    return row;
  });
  if (more) rows.push(make("li", { className: "quiet", textContent: `${more} cases more, which ionqdsl test runs` }));
  place.replaceChildren(...rows);
  place.tabIndex = place.scrollHeight > place.clientHeight ? 0 : -1;
  if (diagnostics) said(place.appendChild(make("li")), diagnostics);
}

export function showJob(payload) {
  said($("job-messages"), payload.diagnostics ?? []);
  $("job").textContent = payload.text ?? "";
  $("save-job").setAttribute("aria-disabled", String(!payload.body));
}
