// Starts `ionqdsl lsp` and connects VS Code with it. The server does all that editors share; verbs.js has the commands.
"use strict";

const { spawn } = require("child_process");
const { commands, window, workspace } = require("vscode");
const { CloseAction, ErrorAction, LanguageClient } = require("vscode-languageclient/node");
const { find } = require("./command");
const verbs = require("./verbs");

const MOST_RESTARTS = 4;

let client;

/** A client whose own errors go to the output alone; messages for people are shown once, by `complain`. */
class Client extends LanguageClient {
  error(message, data) {
    super.error(message, data, false);
  }
}

async function complain(what) {
  const chosen = await window.showErrorMessage(what, "Open setting");
  if (chosen) await commands.executeCommand("workbench.action.openSettings", "ionqdsl.command");
}

async function start() {
  const [name, ...args] = workspace.getConfiguration("ionqdsl").get("command");
  const command = find(name, (workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath));
  if (!command) {
    return complain(
      `\`${name}\` was not found: install it with pip install 'ionqdsl[lsp]', or set ionqdsl.command to its full path.`,
    );
  }
  let said = "";
  let restarts = -1; // a server that has not begun yet is not started again
  let told = false;
  const failed = (reason) => {
    if (restarts < 0 && !told) complain(`\`${[name, ...args].join(" ")}\` did not start: ${said.trim() || reason}`);
    told = true;
  };
  const server = async () => {
    const child = spawn(command, args, { cwd: workspace.workspaceFolders?.[0]?.uri.fsPath });
    child.stderr.on("data", (text) => (said = `${said}${text}`.slice(0, 1000)));
    child.on("close", () => failed(`it ended with code ${child.exitCode}`));
    return child;
  };
  const closed = () => {
    if (restarts < 0) return { action: CloseAction.DoNotRestart, handled: true };
    if (restarts++ < MOST_RESTARTS) return { action: CloseAction.Restart };
    return { action: CloseAction.DoNotRestart, message: "ionqdsl lsp ended again and again; it is not started any more." };
  };
  client = new Client("ionqdsl", "ionqdsl", server, {
    documentSelector: [{ language: "qc" }],
    synchronize: { fileEvents: workspace.createFileSystemWatcher("**/*.{qc,json,csv}") },
    errorHandler: { error: () => ({ action: ErrorAction.Continue, handled: true }), closed },
    initializationFailedHandler: () => false,
  });
  try {
    await client.start();
    if (client.isRunning()) restarts = 0;
  } catch (error) {
    setTimeout(() => failed(error.message), 500); // the server's message about it comes first
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
  verbs.register(context);
  await start();
}

module.exports = { activate, deactivate: stop };
