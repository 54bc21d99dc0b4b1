// `npm test`, or `node --test` without anything installed.
"use strict";

const assert = require("node:assert");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { test } = require("node:test");
const { AS_WRITTEN, beginning, call, find, messages, reason } = require("../src/command");
const { histograms, page } = require("../src/page");
const manifest = require("../package.json");

function made(...names) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "qc-"));
  for (const name of names) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), "");
  }
  return folder;
}

test("the environment of the folder comes before the path", () => {
  const folder = made("venv/bin/ionqdsl", "elsewhere/ionqdsl");
  const environment = { PATH: path.join(folder, "elsewhere") };
  assert.equal(find("ionqdsl", [folder], environment, "linux"), path.join(folder, "venv/bin/ionqdsl"));
  assert.equal(find("ionqdsl", [], environment, "linux"), path.join(folder, "elsewhere/ionqdsl"));
  assert.equal(find("ionqdsl", [], { PATH: "" }, "linux"), undefined);
  assert.equal(find(path.join(folder, "none"), [folder], environment, "linux"), undefined);
});

test("on Windows commands end with .exe, and paths are separated by semicolons", () => {
  const folder = made(".venv/Scripts/ionqdsl.exe", "elsewhere/ionqdsl.exe");
  assert.equal(find("ionqdsl", [folder], {}, "win32"), path.join(folder, ".venv/Scripts/ionqdsl.exe"));
  const environment = { PATH: `C:\\nowhere;${path.join(folder, "elsewhere")}` };
  assert.equal(find("ionqdsl", [], environment, "win32"), path.join(folder, "elsewhere/ionqdsl.exe"));
});

test("verbs begin like the server, without its verb", () => {
  assert.deepEqual(beginning(["ionqdsl", "lsp"]), ["ionqdsl"]);
  assert.deepEqual(beginning(["python", "-m", "ionqdsl", "lsp"]), ["python", "-m", "ionqdsl"]);
  assert.deepEqual(beginning(["/bin/wrapper"]), ["/bin/wrapper"]);
});

test("nothing is compiled as written, and a target goes to every verb but test", () => {
  assert.deepEqual(call("run", "a.qc", AS_WRITTEN, 0), ["run", "a.qc", "--json", "--exact"]);
  assert.deepEqual(call("run", "a.qc", "forte", 50), ["run", "a.qc", "--json", "--shots", "50", "--target", "forte"]);
  assert.deepEqual(call("draw", "a.qc", "aria"), ["draw", "a.qc", "--as", "svg", "--target", "aria", "--before"]);
  assert.deepEqual(call("test", "a.qc", "aria"), ["test", "a.qc"]);
  for (const verb of ["run", "draw", "report", "compile", "test"]) {
    assert.ok(!call(verb, "a.qc", "forte", 1).includes("--backend"), "a click must not send a job");
  }
});

test("the reason is the first error, without its code", () => {
  assert.equal(reason("note: x\nerror[QC0202]: there is no gate `hh`\n --> a.qc:1:1"), "there is no gate `hh`");
  assert.equal(reason(""), "it ended without a message");
});

test("the reason ends with the thing to try", () => {
  const said = "error[QC0202]: there is no gate `hh`\n --> a.qc:1:1\n  = help: did you mean `h`?\nerror: b\n  = help: c";
  assert.equal(reason(said), "there is no gate `hh`; did you mean `h`?");
  assert.equal(reason("error: a\nerror: b\n  = help: c"), "a");
  const diagnostics = [
    { severity: 2, message: "careful" },
    { severity: 1, message: "no", data: { help: ["draw shots"] } },
  ];
  assert.equal(reason(messages(JSON.stringify({ diagnostics }), "")), "no; draw shots");
  assert.equal(messages("Traceback", "it ended with 1"), "it ended with 1");
});

test("histograms show shares in order, escaped, and no more than can be read", () => {
  const html = histograms({ results: [{ name: "<b>", order: "q", counts: { 1: 3, 0: 1 }, probabilities: {} }] });
  assert.ok(html.includes("&lt;b&gt;") && !html.includes("<b>"));
  assert.deepEqual(html.match(/[\d.]+%(?=<)/g), ["25.0%", "75.0%"]);
  assert.ok(html.includes("4 shots"));
  const many = Object.fromEntries([...Array(100).keys()].map((number) => [number.toString(2).padStart(7, "0"), 0.01]));
  const long = histograms({ results: [{ name: "n", probabilities: many, counts: {} }] });
  assert.equal(long.match(/<tr>/g).length, 64);
  assert.ok(long.includes("and 36 more outcomes"));
  assert.ok(histograms({ results: [{ name: "e", value: -1.5 }] }).includes("-1.5"));
  assert.ok(page("t", "").includes("default-src 'none'"));
});

test("the manifest names every command, and the files that are there", () => {
  const named = manifest.contributes.commands.map(({ command }) => command);
  const verbs = ["compile", "draw", "report", "run", "test"].map((verb) => `ionqdsl.file.${verb}`);
  assert.deepEqual(named.sort(), [...verbs, "ionqdsl.restart", "ionqdsl.target"]);
  for (const file of [manifest.icon, "README.md", ...manifest.contributes.grammars.map(({ path }) => path)]) {
    assert.ok(fs.existsSync(path.join(__dirname, "..", file)), file);
  }
});

test("without a repository, the pictures of the page are not looked for there", () => {
  // else vsce ends with an error: it makes relative links absolute, and knows no address for them
  const readme = fs.readFileSync(path.join(__dirname, "..", "README.md"), "utf8");
  const pictures = [...readme.matchAll(/!\[[^\]]*\]\(([^)]*)\)/g)].map(([, place]) => place);
  assert.ok(pictures.length > 0 && pictures.every((place) => fs.existsSync(path.join(__dirname, "..", place))));
  assert.ok(manifest.repository || manifest.scripts.package.includes("--no-rewrite-relative-links"));
});
