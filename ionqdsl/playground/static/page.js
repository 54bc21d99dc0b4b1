// The page: keeps the text, asks the server after every change, and shows the answers. The server sends the setup and
// the answers, and does all work on programs. The page never contacts anything but its own server.

import { Editor } from "./editor.js";
import { Offers } from "./offers.js";

const $ = (id) => document.getElementById(id);
const PAUSE = 180; // milliseconds after the last key
const LATER = 450; // milliseconds without a change before the job is requested
const all = ["program", "outcome"]; // the parts to request after a change of the program
const KEPT = "ionqdsl playground";
const MOST_MESSAGES = 100;
const FARTHEST = 1e9; // the server's limit for a parameter's value
const KINDS = { 1: "error", 2: "warning", 3: "note" };

const setup = await (await fetch("setup")).json();
const editor = new Editor({
  text: $("text"), overlay: $("overlay"), gutter: $("gutter"), keywords: setup.keywords, gates: setup.gates,
});
const state = { values: {}, own: {}, seed: 1, pictures: [], body: null, example: null, judged: "", listed: "", isWrong: false, isLost: false };

// -- asking: one request at a time, the newest wins -------------------------------------------------------------------

let running = null; // {parts, control}
let wanted = new Set();
let timer = 0;
let jobTimer = 0;

const wellFormed = (text) => text.toWellFormed?.() ?? text;

const post = (place, given, signal) => fetch(place, {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(given),
  signal,
});

function question(parts) {
  const shown = $("showing").clientWidth;
  return {
    text: wellFormed(editor.value),
    example: state.example,
    target: $("target").value || null,
    level: $("level").value === "" ? null : Number($("level").value),
    preserve: $("preserve").value,
    circuit: Math.max(0, $("circuits").selectedIndex),
    shots: Number($("shots").value),
    seed: state.seed,
    width: Math.round(Math.min(Math.max(shown, 240), 1200)),
    values: state.values,
    parts,
  };
}

// A changed program cancels the request under way; a moved slider waits for it.
function changed(parts, pause = 0) {
  clearTimeout(jobTimer);
  for (const part of parts) wanted.add(part);
  if (parts.includes("program")) {
    running?.control.abort();
    clearTimeout(timer);
    timer = setTimeout(() => { timer = 0; next(); }, pause);
  } else {
    next();
  }
}

async function next() {
  if (running || !wanted.size) return;
  const parts = [...wanted];
  wanted = new Set();
  const control = new AbortController();
  running = { parts, control };
  try {
    const response = await post("answer", question(parts), control.signal);
    const answer = response.status === 204 ? null : await response.json();
    if (answer && !control.signal.aborted) { // it may have arrived just before it was cancelled
      show(answer, parts);
      if (state.isLost && !parts.includes("program")) for (const part of all) wanted.add(part); // show the current state again
      state.isLost = false;
    }
  } catch (error) {
    if (error.name !== "AbortError") {
      say("error", "The playground's server does not answer. Is it still running?");
      state.isLost = true;
    }
  } finally {
    running = null;
  }
  if (timer) return; // the timer of the next pause in typing will request it
  if (wanted.size) next();
  else if (!parts.includes("payload") && !state.isWrong) jobTimer = setTimeout(() => changed(["payload"]), LATER);
}

// -- showing -----------------------------------------------------------------------------------------------------------

function show(answer, parts) {
  const found = answer.diagnostics;
  const isWrong = found.some(({ severity }) => severity === 1);
  const compiling = (answer.program?.diagnostics ?? []).filter(({ severity }) => severity < 3);
  const remarks = answer.program?.remarks ?? [];
  if (parts.includes("program") || isWrong) showMessages([...found, ...remarks, ...once(compiling, found)]);
  for (const id of ["outcome", "bloch", "written", "compiled", "counts"]) $(id).classList.toggle("old", isWrong);
  state.isWrong = isWrong;
  if (isWrong) forgetJob();
  if (answer.program) showProgram(answer.program);
  if (answer.outcome) showOutcome(answer.outcome);
  if (answer.payload) showJob(answer.payload);
}

const once = (more, before) => more.filter(({ code, message }) =>
  !before.some((other) => other.code === code && other.message === message));

function say(kind, text) {
  const status = $("status");
  status.className = kind;
  if (status.textContent !== text) status.textContent = text;
}

function showMessages(found) {
  const listed = found.slice(0, MOST_MESSAGES);
  const here = listed.filter(({ data }) => data.here);
  state.judged = editor.value;
  editor.mark(here.map(markOf));
  const counts = [1, 2, 3].map((level) => found.filter(({ severity }) => severity === level).length);
  const parts = [1, 2, 3].filter((level) => counts[level - 1])
    .map((level) => `${counts[level - 1]} ${KINDS[level]}${counts[level - 1] > 1 ? "s" : ""}`);
  const isOld = counts[0] && $("written").childElementCount;
  say(counts[0] ? "error" : counts[1] ? "warning" : "", (parts.join(", ") || "No errors") + (isOld ? ". The pictures show the last correct program." : ""));
  const now = JSON.stringify([editor.value, listed]);
  if (now !== state.listed) $("messages").replaceChildren(...listed.map(message)); // otherwise unchanged, so that the focus stays
  state.listed = now;
}

function message(one) {
  const item = make("li", { className: KINDS[one.severity] });
  const button = make("button", { type: "button" });
  button.append(
    make("span", { className: "place", textContent: placeOf(one) }),
    `${KINDS[one.severity]} ${one.code}: ${one.message}`,
    ...one.data.help.map((text) => make("span", { className: "help", textContent: text })),
  );
  if (one.data.here) {
    const { start, end } = markOf(one);
    button.addEventListener("click", () => editor.select(start, end));
  }
  item.append(button);
  for (const { title, edits } of one.data.fixes) {
    const mend = make("button", { type: "button", className: "mend", textContent: `Fix: ${title.replaceAll("`", "")}` });
    mend.addEventListener("click", () => mendText(edits));
    item.append(mend);
  }
  return item;
}

function placeOf({ data, range }) {
  const line = range.start.line + 1;
  if (data.elsewhere) return `In ${data.elsewhere}, included in line ${line} `;
  return data.here ? `Line ${line}:${range.start.character + 1} ` : "";
}

// The edits of a fix, the last one first; none if the text has changed since they were computed.
function mendText(edits) {
  if (editor.value !== state.judged) return;
  const places = edits.map(({ range, newText }) => ({ ...offsets(range), newText }));
  for (const { start, end, newText } of places.sort((a, b) => b.start - a.start)) editor.write(start, end, newText);
}

function offsets({ start, end }) {
  const lines = editor.value.split("\n");
  const offset = ({ line, character }) =>
    lines.slice(0, line).reduce((sum, text) => sum + text.length + 1, 0) + Math.min(character, lines[line]?.length ?? 0);
  return { start: offset(start), end: offset(end) };
}

function markOf({ range, severity }) {
  let { start, end } = offsets(range);
  if (end <= start) [start, end] = start && editor.value[start] !== "\n" ? [start, start + 1] : [Math.max(0, start - 1), start];
  return { start, end, line: range.start.line + 1, kind: KINDS[severity] };
}

function make(name, properties = {}) {
  return Object.assign(document.createElement(name), properties);
}

function said(place, diagnostics) {
  $(place).replaceChildren(...diagnostics.map(({ severity, code, message, data }) => {
    const text = [`${code}: ${message}`, ...data.help].join(" — ");
    return make("p", { className: `said ${KINDS[severity]}`, textContent: text });
  }));
}

function draw(place, svg) {
  $(place).innerHTML = svg ?? ""; // from our own server, which escapes it; the page's policy runs no script in it
  $(place).classList.remove("old");
}

function showProgram(program) {
  $("outcome").style.minHeight = "";
  choose("circuits", program.circuits.map((name) => [name, name]), $("circuits").selectedIndex);
  $("circuits-label").hidden = program.circuits.length < 2;
  draw("written", program.written);
  draw("compiled", program.compiled);
  said("compiled-messages", program.diagnostics ?? []);
  $("compiled-text").textContent = program.text ?? "";
  $("compiled-head").textContent = program.target && program.target !== "native" ? `Compiled for ${program.target}` : "Compiled";
  showCounts(program.counts);
  showSliders(program.parameters);
}

function showCounts(counts) {
  if (!counts) return $("counts").replaceChildren();
  const cell = (name, textContent, scope) => make(name, scope ? { textContent, scope } : { textContent });
  const head = make("tr");
  head.append(...counts.heads.map((text) => text ? cell("th", text, "col") : make("td")));
  const rows = counts.rows.map(([name, ...numbers]) => {
    const row = make("tr");
    row.append(cell("th", name, "row"), ...numbers.map((text) => cell("td", text)));
    if (new Set(numbers).size > 1) row.lastChild.className = "better";
    return row;
  });
  const table = make("table");
  const [top, body] = [make("thead"), make("tbody")];
  top.append(head);
  body.append(...rows);
  table.append(top, body);
  $("counts").replaceChildren(table);
  $("counts").classList.remove("old");
}

// A slider's elements stay while its parameter exists, so that a moving one is never replaced.
function showSliders(parameters) {
  const place = $("sliders");
  for (const name of Object.keys(state.values)) {
    const one = parameters.find((parameter) => parameter.name === name);
    const isRewritten = one && name in state.own && state.own[name] !== one.own; // the program now has another value
    if (isRewritten) one.value = one.own ?? one.value;
    if (!one || isRewritten) { delete state.values[name]; wanted.add("outcome"); }
  }
  state.own = Object.fromEntries(parameters.map(({ name, own }) => [name, own]));
  $("parameters").hidden = !parameters.length;
  const before = new Map([...place.children].map((row) => [row.dataset.name, row]));
  const rows = parameters.map((one) => {
    const key = JSON.stringify([one.low, one.high, one.step, one.unit, one.binds]);
    const old = before.get(one.name);
    const row = old?.dataset.key === key ? old : slider(one, key);
    const [, range, number] = row.children;
    if (document.activeElement !== number) number.value = rounded(one.value);
    if (document.activeElement !== range) range.value = Math.round(one.value / one.step);
    return row;
  });
  const isSame = rows.length === place.children.length && rows.every((row, number) => row === place.children[number]);
  if (!isSame) place.replaceChildren(...rows); // moving an element would take the focus from it
}

const rounded = (value) => String(Number(value.toFixed(4)));

function slider({ name, value, low, high, step, unit, binds }, key) {
  const row = make("div", { className: "slider" });
  Object.assign(row.dataset, { name, key });
  const id = `slider-${name}`;
  const label = make("label", { textContent: name, htmlFor: id });
  const [min, max] = [low, high].map((end) => Math.round(end / step)); // whole steps, so that the ends can be reached
  const range = make("input", { type: "range", id, min, max, value: Math.round(value / step) });
  const number = make("input", { type: "number", step: step === 1 ? 1 : "any", value: rounded(value) });
  number.setAttribute("aria-label", `${name}, value`);
  const set = (given) => {
    const moved = Math.max(-FARTHEST, Math.min(FARTHEST, given));
    state.values[name] = moved;
    range.setAttribute("aria-valuetext", `${rounded(moved)} ${unit}`);
    changed(binds ? ["outcome"] : ["program", "outcome"]);
  };
  range.addEventListener("input", () => {
    const moved = Number(range.value) * step;
    number.value = rounded(moved);
    set(moved);
  });
  number.addEventListener("input", () => {
    if (number.value === "" || !Number.isFinite(number.valueAsNumber)) return;
    range.value = Math.round(number.valueAsNumber / step);
    set(number.valueAsNumber);
  });
  range.setAttribute("aria-valuetext", `${rounded(value)} ${unit}`);
  row.append(label, range, number, make("span", { textContent: unit }));
  return row;
}

function showOutcome(outcome) {
  state.pictures = outcome.pictures ?? [];
  const before = $("views").value;
  choose("views", state.pictures.map(({ title }) => [title, title]));
  if (state.pictures.some(({ title }) => title === before)) $("views").value = before;
  $("views-label").hidden = state.pictures.length < 2;
  if (outcome.diagnostics) said("outcome", outcome.diagnostics);
  else showView();
  $("outcome").classList.remove("old");
  $("spheres").hidden = !outcome.bloch;
  draw("bloch", outcome.bloch);
}

// The tallest picture so far sets the height, so that the page below does not jump while a slider moves.
function showView() {
  draw("outcome", state.pictures[Math.max(0, $("views").selectedIndex)]?.svg);
  $("outcome").style.minHeight = `${$("outcome").offsetHeight}px`;
}

function showJob(payload) {
  said("job-messages", payload.diagnostics ?? []);
  $("job").textContent = payload.text ?? "";
  state.body = payload.body ?? null;
  $("save-job").setAttribute("aria-disabled", String(!state.body));
}

function forgetJob() {
  showJob({});
}

function choose(id, options, chosen = 0) {
  const place = $(id);
  const now = JSON.stringify(options);
  if (place.dataset.options === now) return;
  place.dataset.options = now;
  place.replaceChildren(...options.map(([value, textContent]) => make("option", { value, textContent })));
  place.selectedIndex = Math.min(Math.max(chosen, 0), options.length - 1);
}

// -- keeping: in the address, and in the browser for the next visit ------------------------------------------------------

function keep() {
  const kept = { text: editor.value, example: state.example, values: state.values };
  for (const id of ["target", "level", "preserve", "shots"]) kept[id] = $(id).value;
  const words = encodeURIComponent(JSON.stringify(kept));
  try { history.replaceState(null, "", words.length < 16000 ? `#${words}` : location.pathname); } catch { /* called too often */ }
  try { localStorage.setItem(KEPT, JSON.stringify(kept)); } catch { /* a private window: the address has it */ }
}

function restored() {
  const sources = [
    () => JSON.parse(decodeURIComponent(location.hash.slice(1))),
    () => setup.file && { text: setup.file.text },
    () => JSON.parse(localStorage.getItem(KEPT)),
  ];
  for (const source of sources) {
    try {
      const found = source();
      if (typeof found?.text === "string") return found;
    } catch { /* nothing stored, or not by us */ }
  }
  return { text: setup.examples[0].text };
}

function save(link, text) {
  link.href = URL.createObjectURL(new Blob([text], { type: "application/octet-stream" }));
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

// -- the page begins -----------------------------------------------------------------------------------------------------

choose("target", [...setup.targets, ["", "as the program says"]]);
choose("level", setup.levels.map((level) => [String(level), String(level)]), setup.levels.length - 1);
choose("preserve", setup.contracts.map((name) => [name, name]), setup.contracts.indexOf("measurement"));
choose("examples", [["", "choose …"], ...setup.examples.map(({ name }) => [name, name])]);
$("target").value = setup.target;

const begin = restored();
for (const id of ["target", "level", "preserve", "shots"]) {
  if ([...$(id).options].some(({ value }) => value === begin[id])) $(id).value = begin[id];
}
state.values = Object.fromEntries(Object.entries(Object(begin.values)).filter(([, value]) => Math.abs(value) <= FARTHEST && typeof value === "number"));
state.example = setup.examples.some(({ place }) => place && place === begin.example) ? begin.example : null;
editor.value = begin.text;
if (setup.file) {
  document.title = `${setup.file.name} · ionqdsl playground`;
  $("save-program").download = setup.file.name;
}
$("again").hidden = $("shots").value === "0";
changed(all);

new Offers({
  editor, list: $("offers"), count: $("offers-count"),
  ask: async (text, offset) => {
    try {
      const response = await post("complete", { text: wellFormed(text), offset, example: state.example });
      return response.ok && response.status !== 204 ? (await response.json()).items ?? [] : [];
    } catch {
      return []; // the next request reports that the server is gone
    }
  },
});
$("text").addEventListener("input", () => { changed(all, PAUSE); keep(); });
$("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); changed(all); }
});
for (const id of ["target", "level", "preserve", "circuits"]) {
  $(id).addEventListener("change", () => { changed(all); keep(); });
}
$("shots").addEventListener("change", () => {
  $("again").hidden = $("shots").value === "0";
  changed(["outcome"]);
  keep();
});
$("again").addEventListener("click", () => { state.seed += 1; changed(["outcome"]); });
$("views").addEventListener("change", () => { $("outcome").style.minHeight = ""; showView(); });
$("sliders").addEventListener("change", keep);
$("examples").addEventListener("change", () => {
  const found = setup.examples.find(({ name }) => name === $("examples").value);
  if (!found) return;
  state.values = {};
  state.example = found.place;
  $("circuits").selectedIndex = 0;
  editor.value = found.text;
  $("save-program").download = `${found.name}.qc`;
  changed(all);
  keep();
});
$("save-program").addEventListener("click", () => save($("save-program"), editor.value));
$("save-job").addEventListener("click", (event) => {
  if (state.body) save($("save-job"), state.body);
  else event.preventDefault();
});
let width = $("showing").clientWidth;
new ResizeObserver(() => {
  const now = $("showing").clientWidth;
  if (Math.abs(now - width) > 24) { width = now; changed(all, 250); }
}).observe($("showing"));
document.documentElement.dataset.ready = "true";
