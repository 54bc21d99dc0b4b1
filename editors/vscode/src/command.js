// Finds the command `ionqdsl` and makes the words of its calls. No VS Code here, so that node alone can test it.
"use strict";

const fs = require("fs");
const path = require("path");

const AS_WRITTEN = "as written";
const HELP = /^ *= help: /;

/** The file of a command: in the environment of an open folder (.venv or venv), else on the path. */
function find(command, folders, environment = process.env, platform = process.platform) {
  const onWindows = platform === "win32";
  const file = onWindows && !path.extname(command) ? `${command}.exe` : command;
  if (path.basename(command) !== command) return fs.existsSync(file) ? file : undefined;
  const bin = onWindows ? "Scripts" : "bin";
  const environments = folders.flatMap((folder) => [".venv", "venv"].map((name) => path.join(folder, name, bin)));
  const places = [...environments, ...(environment.PATH ?? "").split(onWindows ? ";" : ":")];
  return places.map((place) => path.join(place, file)).find((found) => fs.existsSync(found));
}

/** The words of the setting that start any verb: those that start the server, without its verb. */
function beginning(words) {
  return words.at(-1) === "lsp" ? words.slice(0, -1) : words;
}

/** The arguments of a verb for a file; a target other than `as written` compiles for that machine. */
function call(verb, file, target, shots) {
  const compiled = target && target !== AS_WRITTEN ? ["--target", target] : [];
  const words = {
    run: ["run", file, "--json", ...(shots ? ["--shots", String(shots)] : ["--exact"]), ...compiled],
    draw: ["draw", file, "--as", "svg", ...compiled, ...(compiled.length ? ["--before"] : [])],
    report: ["report", file, "-o", "-", ...compiled],
    compile: ["compile", file, "--emit", "qc", ...compiled],
    test: ["test", file],
  };
  return words[verb];
}

/** The first line that names the fault, without the code that only `explain` needs, and the thing to try. */
function reason(said) {
  const lines = said.trim().split("\n");
  const first = Math.max(lines.findIndex((text) => /^error/.test(text)), 0);
  const after = lines.slice(first + 1);
  const next = after.findIndex((text) => /^(error|warning|note)\b/.test(text));
  const help = after.slice(0, next < 0 ? undefined : next).find((text) => HELP.test(text));
  const line = lines[first].replace(/^error(\[\w+\])?: /, "") || "it ended without a message";
  return help ? `${line}; ${help.replace(HELP, "")}` : line;
}

/** The messages of the answer of `--json`, as `reason` reads them; the text itself if it is none. */
function messages(out, otherwise) {
  try {
    const shown = ({ message, data }) => [`error: ${message}`, ...(data?.help ?? []).map((text) => `  = help: ${text}`)];
    return JSON.parse(out).diagnostics.filter(({ severity }) => severity === 1).flatMap(shown).join("\n");
  } catch {
    return otherwise;
  }
}

module.exports = { AS_WRITTEN, beginning, call, find, messages, reason };
