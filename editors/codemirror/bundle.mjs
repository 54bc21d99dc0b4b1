// Writes ionqdsl/playground/static/codemirror.js from the locked packages, and codemirror.LICENSE from their licences.
// The same packages give the same bytes. `npm ci && npm run bundle`.
import { readFileSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const STATIC = new URL("../../ionqdsl/playground/static/", import.meta.url);
const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8"));

const { metafile, outputFiles } = await build({
  entryPoints: ["parts.js"], bundle: true, minify: true, format: "esm", target: "es2022", charset: "utf8",
  legalComments: "none", metafile: true, write: false,
});
const folders = new Set(Object.keys(metafile.inputs)
  .map((path) => path.match(/^(node_modules\/(?:@[^/]+\/)?[^/]+)\//)?.[1]).filter(Boolean));
const used = [...folders].sort().map((folder) => {
  const name = folder.replace("node_modules/", "");
  return { name, version: packages[folder].version, licence: readFileSync(`${folder}/LICENSE`, "utf8").trim() };
});
const versions = used.map(({ name, version }) => ` *   ${name} ${version}`).join("\n");
const head = `/* CodeMirror 6, MIT licence: see codemirror.LICENSE. Bundled by editors/codemirror from the npm packages\n${versions}\n */\n`;
writeFileSync(new URL("codemirror.js", STATIC), head + outputFiles[0].text);
writeFileSync(new URL("codemirror.LICENSE", STATIC),
  used.map(({ name, version, licence }) => `${name} ${version}\n\n${licence}\n`).join("\n---\n\n"));
