// Writes the pages of the panels: histograms of results, and pictures. Scripts are never needed, so none is allowed.
"use strict";

const MOST = 64;
const STYLE = `
  body { font: var(--vscode-editor-font-size) var(--vscode-editor-font-family); color: var(--vscode-foreground); }
  table { border-spacing: 0 4px; width: 100%; } td { white-space: nowrap; } td.bar { width: 100%; padding: 0 12px; }
  div.bar { background: var(--vscode-charts-blue); height: 1.1em; border-radius: 2px; min-width: 1px; }
  td.share { text-align: right; } p { color: var(--vscode-descriptionForeground); }
`;

function escaped(text) {
  return String(text).replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign]);
}

/** A whole page; the policy lets it show styles and pictures, and nothing from elsewhere. */
function page(title, body) {
  const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
  return (
    `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title>` +
    `<meta http-equiv="Content-Security-Policy" content="${policy}"><style>${STYLE}</style></head>` +
    `<body>${body}</body></html>`
  );
}

/** The histograms of the answer of `ionqdsl run --json`; an energy is a line. */
function histograms(answer) {
  return answer.results.map(histogram).join("");
}

function histogram(result) {
  if (result.probabilities === undefined) {
    return `<h2>${escaped(result.name ?? "energy")}</h2><p>${escaped(result.value ?? JSON.stringify(result))}</p>`;
  }
  const counted = result.counts && Object.keys(result.counts).length > 0;
  const total = counted ? Object.values(result.counts).reduce((sum, count) => sum + count, 0) : 1;
  const all = Object.entries(counted ? result.counts : result.probabilities).map(([bits, value]) => [bits, value / total]);
  const kept = all.length > MOST ? all.sort((one, other) => other[1] - one[1]).slice(0, MOST) : all;
  kept.sort(([one], [other]) => (one < other ? -1 : 1));
  const largest = Math.max(...kept.map(([, share]) => share), 0);
  const rows = kept.map(
    ([bits, share]) =>
      `<tr><td>${escaped(bits)}</td><td class="bar"><div class="bar" style="width:${((100 * share) / largest).toFixed(1)}%">` +
      `</div></td><td class="share">${(100 * share).toFixed(1)}%</td></tr>`,
  );
  const more = all.length > kept.length ? `<p>and ${all.length - kept.length} more outcomes</p>` : "";
  const shots = counted ? `${total.toLocaleString("en")} shots` : "exact probabilities";
  return `<h2>${escaped(result.name)}</h2><p>${shots} · ${escaped(result.order ?? "")}</p><table>${rows.join("")}</table>${more}`;
}

module.exports = { escaped, histograms, page };
