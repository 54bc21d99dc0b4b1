// Starts `ionqdsl lsp` and connects VS Code with it; everything else is done by the server.
"use strict";

const fs = require("fs");
const path = require("path");
const { commands, window, workspace } = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

const ON_WINDOWS = process.platform === "win32";

let client;

/** The file of a command: in the environment of an open folder (.venv or venv), else on the path. */
function find(command) {
  const file = ON_WINDOWS && !path.extname(command) ? `${command}.exe` : command;
  if (path.basename(command) !== command) return fs.existsSync(file) ? file : undefined;
  const bin = ON_WINDOWS ? "Scripts" : "bin";
  const folders = (workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath);
  const environments = folders.flatMap((folder) => [".venv", "venv"].map((name) => path.join(folder, name, bin)));
  const places = [...environments, ...(process.env.PATH ?? "").split(path.delimiter)];
  return places.map((place) => path.join(place, file)).find((found) => fs.existsSync(found));
}

async function complain(what) {
  const chosen = await window.showErrorMessage(
    `${what}: install it with pip install 'ionqdsl[lsp]', or set ionqdsl.command to its full path.`,
    "Open setting",
  );
  if (chosen) await commands.executeCommand("workbench.action.openSettings", "ionqdsl.command");
}

async function start() {
  const [name, ...args] = workspace.getConfiguration("ionqdsl").get("command");
  const command = find(name);
  if (!command) return complain(`\`${name}\` was not found`);
  const options = {
    documentSelector: [{ language: "qc" }],
    synchronize: { fileEvents: workspace.createFileSystemWatcher("**/*.qc") },
  };
  client = new LanguageClient("ionqdsl", "ionqdsl", { command, args }, options);
  try {
    await client.start();
  } catch (error) {
    complain(`\`${[name, ...args].join(" ")}\` did not start (${error.message})`);
  }
}

async function stop() {
  const running = client;
  client = undefined;
  if (running) await running.stop().catch(() => {});
}

async function restart() {
  await stop();
  await start();
}

async function activate(context) {
  context.subscriptions.push(
    commands.registerCommand("ionqdsl.restart", restart),
    workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("ionqdsl.command")) restart();
    }),
  );
  await start();
}

module.exports = { activate, deactivate: stop };
