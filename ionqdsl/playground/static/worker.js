// The worker: ionqdsl in the browser's own Python, Pyodide. Takes settings once, then requests one by one, and sends back
// the state while it loads, and answers. The page stays responsive, since all work on programs happens here.

let reply = null;

const state = (word, text = "") => postMessage({ state: word, text });

self.onmessage = async ({ data }) => {
  if (data.settings) {
    try {
      await load(data.settings, data.base);
    } catch (error) {
      state("failed", String(error?.message ?? error).trim().split("\n").pop());
    }
  } else {
    try {
      postMessage({ answer: reply(data.line) });
    } catch (error) { // Python itself has come to an end, for example without memory
      state("broken", String(error));
    }
  }
};

async function load(settings, base) {
  const at = (address) => new URL(address, base).href;
  state("loading", "Loading Python");
  const archive = bytes(at(settings.libraries)); // meanwhile
  archive.catch(() => {}); // it is awaited below, where the error counts
  const { loadPyodide } = await import(at(`${settings.pyodide}pyodide.mjs`));
  const pyodide = await loadPyodide({ indexURL: at(settings.pyodide) });
  state("loading", "Loading numpy");
  const numbers = numpy(pyodide, settings, at);
  const place = pyodide.runPython("import site; site.getsitepackages()[0]");
  pyodide.unpackArchive(await archive, "zip", { extractDir: place });
  const fetchLate = (name) => pyodide.unpackArchive(bytesNow(at(settings.late[name])), "zip", { extractDir: place });
  pyodide.globals.set("late_names", pyodide.toPy(Object.keys(settings.late)));
  pyodide.globals.set("fetch_late", fetchLate);
  const isThere = await numbers;
  state("loading", "Starting ionqdsl");
  pyodide.runPython(`
from ionqdsl.playground.tasks import FIRST, Answering, LateLibraries
from ionqdsl.playground.answers import answer
LateLibraries(list(late_names), fetch_late)
reply = Answering().reply
`);
  reply = pyodide.globals.get("reply");
  state("ready", isThere ? "" : "numpy could not be loaded: programs are checked, not run");
}

// Loads numpy from the address that the setup states, or as this version of Pyodide does; false if that fails.
async function numpy(pyodide, { numpy: found }, at) {
  try {
    if (!found) await pyodide.loadPackage("numpy");
    else pyodide.unpackArchive(await bytes(at(found.url), integrity(found.sha256)), "wheel");
    return true;
  } catch {
    return false;
  }
}

// A SHA-256 sum in hexadecimal, as the browser wants it to check a download.
const integrity = (digest) => `sha256-${btoa(String.fromCharCode(...digest.match(/../g).map((pair) => parseInt(pair, 16))))}`;

async function bytes(address, integrity) {
  const response = await fetch(address, integrity ? { integrity } : {});
  if (!response.ok) throw new Error(`${address} is not there`);
  return response.arrayBuffer();
}

// The same, while Python waits for an import: only a worker may do this.
function bytesNow(address) {
  const request = new XMLHttpRequest();
  request.open("GET", address, false);
  request.responseType = "arraybuffer";
  request.send();
  if (request.status && request.status !== 200) throw new Error(`${address} is not there`);
  return request.response;
}
