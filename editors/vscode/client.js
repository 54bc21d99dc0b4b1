// Starts `ionqdsl lsp` and connects VS Code with it; everything else is done by the server.
"use strict";

const { commands, window, workspace } = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

async function start() {
  const [command, ...args] = workspace.getConfiguration("ionqdsl").get("command");
  const server = { command, args };
  client = new LanguageClient("ionqdsl", "ionqdsl", server, { documentSelector: [{ language: "qc" }] });
  try {
    await client.start();
  } catch (error) {
    const words = [command, ...args].join(" ");
    window.showErrorMessage(
      `\`${words}\` did not start: install it with pip install 'ionqdsl[lsp]', ` +
        `or set ionqdsl.command to its full path. (${error.message})`,
    );
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
