// Carries out the verbs of the command for the open program, and shows their answers next to it.
"use strict";

const { execFile } = require("child_process");
const path = require("path");
const { ProgressLocation, StatusBarAlignment, ViewColumn, commands, window, workspace } = require("vscode");
const { beginning, call, find, messages, reason } = require("./command");
const { histograms, page } = require("./page");

const MOST_BYTES = 50_000_000;
const panels = new Map(); // verb -> its panel, which the next answer replaces

function setting(name) {
  return workspace.getConfiguration("ionqdsl").get(name);
}

/** The saved file of the open program, or of the one next to a panel; undefined if there is none. */
async function program() {
  const editors = [window.activeTextEditor, ...window.visibleTextEditors];
  const document = editors.map((editor) => editor?.document).find((open) => open?.languageId === "qc");
  if (!document) {
    window.showInformationMessage("Open a .qc program first.");
    return undefined;
  }
  if (document.isUntitled) {
    window.showInformationMessage("Save the program as a .qc file first.");
    return undefined;
  }
  return (await document.save()) ? document.uri.fsPath : undefined;
}

/** Standard output of a verb, whose work the user can end; undefined after a failure, which is shown. */
async function answer(verb, file) {
  const [name, ...first] = beginning(setting("command"));
  const folders = (workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath);
  const words = [...first, ...call(verb, file, setting("target"), setting("shots"))];
  const options = { cwd: path.dirname(file), maxBuffer: MOST_BYTES, env: { ...process.env, PYTHONUTF8: "1" } };
  const shown = { location: ProgressLocation.Notification, title: `ionqdsl ${verb} ${path.basename(file)}`, cancellable: true };
  const done = await window.withProgress(shown, (_, token) => new Promise((resolve) => {
    const child = execFile(find(name, folders) ?? name, words, options, (error, out, said) => resolve({ error, out, said, token }));
    token.onCancellationRequested(() => child.kill());
  }));
  if (!done.error) return done.out;
  if (!done.token.isCancellationRequested) window.showErrorMessage(`ionqdsl ${verb}: ${reason(said(done))}`);
  return undefined;
}

/** The messages of a call: on standard error, or those of `--json`. */
function said({ error, out, said }) {
  return said.trim() ? said : messages(out, error.message);
}

/** Shows a page next to the program, in the panel of its verb. */
function show(verb, title, html) {
  let panel = panels.get(verb);
  if (!panel) {
    panel = window.createWebviewPanel(`ionqdsl.${verb}`, title, { viewColumn: ViewColumn.Beside, preserveFocus: true }, {});
    panel.onDidDispose(() => panels.delete(verb));
    panels.set(verb, panel);
  }
  panel.title = title;
  panel.webview.html = html;
}

const VERBS = {
  run: (name, out) => show("run", `results: ${name}`, page(name, histograms(JSON.parse(out)))),
  draw: (name, out) => show("draw", `circuit: ${name}`, page(name, out)),
  report: (name, out) => show("report", `report: ${name}`, out),
  compile: async (name, out) => {
    const document = await workspace.openTextDocument({ language: "qc", content: out });
    await window.showTextDocument(document, { viewColumn: ViewColumn.Beside, preserveFocus: true, preview: true });
  },
  test: (name, out) => window.showInformationMessage(`${name}: ${out.trim()}`),
};

async function carryOut(verb) {
  const file = await program();
  const out = file && (await answer(verb, file));
  if (out !== undefined) await VERBS[verb](path.basename(file), out);
}

/** Asks for the target, which the next verbs compile for. */
async function chooseTarget(targets) {
  const chosen = await window.showQuickPick(targets, { placeHolder: "compile for" });
  if (chosen) await workspace.getConfiguration("ionqdsl").update("target", chosen, !workspace.workspaceFolders); // globally without a folder
}

/** Registers the commands (the server has names of its own, such as `ionqdsl.test`), and shows the target while a program is open. */
function register(context) {
  const { enum: targets } = context.extension.packageJSON.contributes.configuration.properties["ionqdsl.target"];
  const bar = window.createStatusBarItem(StatusBarAlignment.Right, 100);
  bar.command = "ionqdsl.target";
  bar.tooltip = "the machine that ionqdsl compiles for";
  const refresh = () => {
    bar.text = `$(circuit-board) ${setting("target")}`;
    if (window.activeTextEditor?.document.languageId === "qc") bar.show();
    else bar.hide();
  };
  refresh();
  context.subscriptions.push(
    bar,
    commands.registerCommand("ionqdsl.target", () => chooseTarget(targets)),
    window.onDidChangeActiveTextEditor(refresh),
    workspace.onDidChangeConfiguration(refresh),
    ...Object.keys(VERBS).map((verb) => commands.registerCommand(`ionqdsl.file.${verb}`, () => carryOut(verb))),
  );
}

module.exports = { register };
