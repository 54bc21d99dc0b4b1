// The page: keeps the text, asks the engine after every change, and shows the answers. An engine (engine.js) does all work
// on programs: the server that the page came from, or the browser itself.

import { Editor } from "./editor.js";
import { engine } from "./engine.js";
import { Gates } from "./gates.js";
import { keep, kept, save } from "./links.js";
import { counted, make, Messages, once } from "./messages.js";
import { splits } from "./panes.js";
import { $, choose, draw, Outcome, showJob, showProgram, showTests } from "./show.js";
import { FARTHEST, Sliders } from "./sliders.js";
import { Stepper } from "./stepper.js";

const PAUSE = 180; // milliseconds after the last key
const LATER = 450; // milliseconds without a change before the job is requested
const LONG = 800; // milliseconds of work after which it can be stopped
const STAGES = [["written", "state"], ["outcome"], ["program"], ["tests"], ["payload"]]; // asked for together, quick things first
const ALL = ["written", "state", "outcome", "program", "tests"]; // the parts to request after a change of the program
const SHOWN = { written: ["written"], state: ["amplitudes", "bloch"], outcome: ["outcome", "energy"], program: ["compiled", "counts"], tests: ["cases"] };
const CHOICES = ["target", "noise", "shots", "level", "preserve"];

const setup = await (await fetch("setup.json")).json();
const state = { values: {}, own: {}, seed: 1, body: null, example: null, isWrong: false, isLost: false, hasAnswered: false, found: [] };

// -- asking: one request at a time, the newest wins -------------------------------------------------------------------

let running = null; // an AbortController
let wanted = new Set();
let timer = 0;
let jobTimer = 0;

const wellFormed = (text) => text.toWellFormed?.() ?? text;
const chosen = (id) => $(id).value || null;

function question(parts) {
  return {
    text: wellFormed(editor.value),
    example: state.example,
    target: chosen("target"),
    level: $("level").value === "" ? null : Number($("level").value),
    preserve: $("preserve").value,
    defer: $("defer").checked,
    circuit: Math.max(0, $("circuits").selectedIndex),
    noise: chosen("noise"),
    shots: Number($("shots").value),
    seed: state.seed,
    width: Math.round(Math.min(Math.max($("showing").clientWidth, 240), 1200)),
    values: state.values,
    step: stepper.step,
    parts,
  };
}

// A changed program cancels the request under way; a moved slider waits for it.
function changed(parts, pause = 0) {
  clearTimeout(jobTimer);
  for (const part of parts) wanted.add(part);
  if (parts.includes("written")) {
    running?.abort();
    clearTimeout(timer);
    timer = setTimeout(() => { timer = 0; next(); }, pause);
  } else {
    next();
  }
}

// The parts of the first stage that is wanted.
function due() {
  const stage = STAGES.find((parts) => parts.some((part) => wanted.has(part)));
  return stage.filter((part) => wanted.delete(part));
}

async function next() {
  if (running || !wanted.size) return;
  const parts = due();
  const control = new AbortController();
  running = control;
  const slow = setTimeout(() => { // the answers still to come are not yet those of the program
    if (document.documentElement.dataset.engine !== "ready") return;
    $("stop").hidden = false;
    for (const [part, ids] of Object.entries(SHOWN)) if (parts.includes(part) || wanted.has(part)) age(ids);
  }, LONG);
  try {
    const answer = await work.ask("answer", question(parts), control.signal);
    if (answer && !control.signal.aborted) { // it may have arrived just before it was cancelled
      show(answer, parts);
      if (state.isLost && !parts.includes("written")) for (const part of ALL) wanted.add(part); // show the current state again
      state.isLost = false;
    } else if (!timer) {
      for (const part of parts) wanted.add(part);
    }
  } catch {
    if (!control.signal.aborted) {
      say("error", "The playground's server does not answer. Is it still running?");
      state.isLost = true;
    }
  } finally {
    clearTimeout(slow);
    $("stop").hidden = true;
    running = null;
  }
  if (timer || control.signal.reason === "stopped") return; // the next pause in typing, or the next change, will ask
  if (wanted.size) next();
  else if (!parts.includes("payload") && !state.isWrong) jobTimer = setTimeout(() => changed(["payload"]), LATER);
}

function stop() {
  wanted.clear();
  running?.abort("stopped");
  work.stop?.();
  say("warning", "Stopped. The next change, or Ctrl+Enter, starts again.");
}

// The state of the engine: while it loads, the text can already be edited.
function heard(word, text) {
  document.documentElement.dataset.engine = word;
  if (word === "loading" && !state.hasAnswered) { // later, when it starts anew, the messages stay
    say("", `${text} … The text can be edited meanwhile.`);
    if (!$("outcome").childElementCount) $("outcome").append(waiting());
  }
  if (word === "failed") {
    $("outcome").querySelector(".waiting")?.replaceWith("Python could not be loaded, so there are no results.");
    say("error", "Python could not be loaded. Reload the page when there is a connection, or run ionqdsl playground on your "
      + "computer, which needs no network.");
    console.info(text);
  }
}

const waiting = () => make("p", { className: "waiting" }, make("progress", { ariaLabel: "Loading" }),
  " Python comes to this page, up to 18 MB the first time. Results appear here.");

// Pictures that are not those of the program as it is now; they are drawn anew or shown again by the answer.
const age = (ids) => { for (const id of ids) $(id).classList.add("old"); };

// -- showing -----------------------------------------------------------------------------------------------------------

function show(answer, parts) {
  state.hasAnswered = true;
  $("outcome").querySelector(".waiting")?.remove();
  const found = answer.diagnostics;
  state.isWrong = found.some(({ severity }) => severity === 1);
  if (parts.includes("written") || state.isWrong) state.found = [...found, ...(answer.written?.remarks ?? [])];
  else if (answer.program) state.found.push(...once((answer.program.diagnostics ?? []).filter(({ severity }) => severity < 3), state.found));
  if (parts.includes("written") || state.isWrong || answer.program) showMessages();
  if (state.isWrong) Object.values(SHOWN).forEach(age);
  if (state.isWrong) {
    wanted.clear(); // the other parts would only say the same
    showPayload({});
  }
  if (answer.written) showWritten(answer.written);
  if (answer.state) showState(answer.state);
  if (answer.program) showProgram(answer.program);
  if (answer.outcome) outcome.show(answer.outcome);
  if (answer.tests) showTests(answer.tests);
  if (answer.payload) showPayload(answer.payload);
}

function say(kind, text) {
  const status = $("status");
  status.className = kind;
  if (status.textContent !== text) status.textContent = text;
}

function showMessages() {
  const found = [...state.found].sort((one, other) => one.severity - other.severity);
  messages.show(found);
  const [wrong, doubtful] = [1, 2].map((level) => found.some(({ severity }) => severity === level));
  const isOld = state.isWrong && $("written").childElementCount; // an error of the compiler leaves the pictures as they are
  say(wrong ? "error" : doubtful ? "warning" : "", (counted(found) || "No errors") + (isOld ? ". The pictures show the last correct program." : ""));
}

function showWritten(written) {
  if (!written.circuits) return; // it could not be made, and the messages say why
  $("outcome").style.minHeight = "";
  choose("circuits", written.circuits.map((name) => [name, name]), $("circuits").selectedIndex);
  $("circuits-label").hidden = written.circuits.length < 2;
  draw("written", written.written);
  for (const name of Object.keys(state.values)) {
    const one = written.parameters.find((parameter) => parameter.name === name);
    const isRewritten = one && name in state.own && state.own[name] !== one.own; // the program now has another value
    if (isRewritten) one.value = one.own ?? one.value;
    if (!one || isRewritten) { delete state.values[name]; for (const part of ["state", "outcome"]) wanted.add(part); }
  }
  state.own = Object.fromEntries(written.parameters.map(({ name, own }) => [name, own]));
  $("parameters").hidden = !written.parameters.length;
  sliders.show(written.parameters);
}

function showState(found) {
  $("stepper").hidden = found.steps === undefined;
  draw("amplitudes", found.amplitudes);
  draw("bloch", found.bloch);
  if (found.steps !== undefined) stepper.show(found);
}

function showPayload(payload) {
  showJob(payload);
  state.body = payload.body ?? null;
}

// -- the parts of the page ---------------------------------------------------------------------------------------------

const editor = new Editor({
  parent: $("editor"),
  rules: setup.colours,
  complete: async (text, offset) => {
    try {
      return (await work.ask("complete", { text: wellFormed(text), offset, example: state.example }))?.items ?? [];
    } catch {
      return []; // the next request reports that the server is gone
    }
  },
  changed: (isSet) => { if (!isSet) { changed(ALL, PAUSE); remember(); } },
  again: () => changed(ALL),
});
const messages = new Messages({ editor, list: $("messages") });
const outcome = new Outcome();
const sliders = new Sliders({
  place: $("sliders"),
  moved: (name, value, binds) => {
    state.values[name] = value;
    changed(binds ? ["state", "outcome"] : ALL);
  },
});
const stepper = new Stepper({ root: $("stepper"), picture: $("written"), ask: () => changed(["state"]) });
new Gates({
  bar: $("gates"), picture: $("written"), gates: setup.gates,
  add: async (dropped) => {
    const text = wellFormed(editor.value);
    const circuit = Math.max(0, $("circuits").selectedIndex);
    const found = await work.ask("add", { ...dropped, text, circuit, values: state.values, example: state.example }).catch(() => null);
    if (!found || editor.value !== text) return;
    if (found.diagnostics) say("error", [found.diagnostics[0].message, ...found.diagnostics[0].data.help].join(" — "));
    else editor.write([{ from: found.at, insert: found.text }]);
  },
});
splits($("main"), $("split"));

function remember() {
  const values = Object.keys(state.values).length ? JSON.stringify(state.values) : "";
  keep({ code: editor.value, example: state.example, values, defer: $("defer").checked ? "yes" : "", ...Object.fromEntries(CHOICES.map((id) => [id, $(id).value])) });
}

function begin(found) {
  for (const id of CHOICES) if ([...$(id).options].some(({ value }) => value === found[id])) $(id).value = found[id];
  $("defer").checked = found.defer === "yes";
  let values = {};
  try { values = Object(JSON.parse(found.values ?? "{}")); } catch { /* not by this page */ }
  state.values = Object.fromEntries(Object.entries(values).filter(([, value]) => typeof value === "number" && Math.abs(value) <= FARTHEST));
  state.example = setup.examples.some(({ place }) => place && place === found.example) ? found.example : null;
  editor.value = found.code;
  $("again").hidden = $("shots").value === "0";
  changed(ALL);
}

choose("target", [...setup.targets, ["", "as the program says"]]);
choose("noise", [["", "as the program says"], ...Object.keys(setup.noise).map((name) => [name, name === "ideal" ? "none" : name])]);
choose("level", setup.levels.map((level) => [String(level), String(level)]), setup.levels.length - 1);
choose("preserve", setup.contracts.map((name) => [name, name]), setup.contracts.indexOf("measurement"));
choose("examples", [["", "choose …"], ...setup.examples.map(({ name }) => [name, name])]);
$("target").value = setup.target;
if (setup.file) {
  document.title = `${setup.file.name} · ionqdsl playground`;
  $("save-program").download = setup.file.name;
}
const work = engine(setup, heard);
begin(kept(setup.file && { code: setup.file.text }) ?? { code: setup.examples[0].text });

for (const id of ["target", "level", "preserve", "defer", "circuits"]) {
  $(id).addEventListener("change", () => { changed(ALL); remember(); });
}
$("shots").addEventListener("change", () => {
  $("again").hidden = $("shots").value === "0";
  changed(["outcome"]);
  remember();
});
$("noise").addEventListener("change", () => { // its machine comes with it
  const machine = setup.noise[$("noise").value];
  if (machine) $("target").value = machine;
  changed(machine ? ALL : ["outcome"]);
  remember();
});
$("again").addEventListener("click", () => { state.seed += 1; changed(["outcome"]); });
$("views").addEventListener("change", () => { $("outcome").style.minHeight = ""; outcome.view(); });
$("sliders").addEventListener("change", remember);
$("stop").addEventListener("click", stop);
$("examples").addEventListener("change", () => {
  const found = setup.examples.find(({ name }) => name === $("examples").value);
  if (!found) return;
  $("circuits").selectedIndex = 0;
  stepper.step = null;
  begin({ code: found.text, example: found.place });
  $("save-program").download = `${found.name}.qc`;
  remember();
});
if (setup.home) {
  $("home").href = setup.home;
  $("home").hidden = false;
}
$("copy-link").hidden = !setup.browser;
$("copy-link").addEventListener("click", async () => {
  remember();
  if (!location.hash) return say("warning", "The program is too long for a link. Save it as a file instead.");
  try {
    await navigator.clipboard.writeText(location.href);
  } catch {
    return say("warning", "The browser does not let the page copy. The address of the page is the link.");
  }
  $("copy-link").textContent = "Copied";
  setTimeout(() => { $("copy-link").textContent = "Copy link"; }, 2000);
});
$("save-program").addEventListener("click", () => save($("save-program"), editor.value));
$("save-job").addEventListener("click", (event) => {
  if (state.body) save($("save-job"), state.body);
  else event.preventDefault();
});
addEventListener("hashchange", () => { const found = kept(null); if (found && found.code !== editor.value) begin(found); });
let width = $("showing").clientWidth;
new ResizeObserver(() => {
  const now = $("showing").clientWidth;
  if (Math.abs(now - width) > 24) { width = now; changed(ALL, 250); }
}).observe($("showing"));
document.documentElement.dataset.ready = "true";
