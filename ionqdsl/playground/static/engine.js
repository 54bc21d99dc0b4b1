// Engines: they take a task and a request and promise the answer. `Server` asks the server that the page came from,
// `Browser` runs the same Python in a worker of the browser. The page treats both alike.

const GRACE = 5000; // milliseconds for work that nobody waits for any more; starting anew takes about as long

// The setup says which engine the page has. `tell` is called with a word of the state and a sentence about it.
export function engine(setup, tell) {
  return setup.browser ? new Browser(setup.browser, tell) : new Server(tell);
}

class Server {
  constructor(tell) { tell("ready", ""); }

  async ask(task, request, signal) {
    const response = await fetch(task, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(request), signal,
    });
    return response.status === 204 ? null : response.json();
  }
}

class Browser {
  constructor(settings, tell) {
    Object.assign(this, { settings, tell, waiting: [], current: null, isReady: false });
    this.start();
  }

  start() {
    this.isReady = false;
    this.worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
    this.worker.onmessage = ({ data }) => this.heard(data);
    this.worker.onerror = (event) => { event.preventDefault(); this.tell("failed", event.message ?? ""); };
    this.worker.postMessage({ settings: this.settings, base: new URL(".", import.meta.url).href });
  }

  // The answer, or null if the request was given up by `signal`.
  ask(task, request, signal) {
    return new Promise((resolve) => {
      const one = { line: JSON.stringify([task, request]), resolve, signal };
      signal?.addEventListener("abort", () => this.abandon(one));
      this.waiting.push(one);
      this.next();
    });
  }

  next() {
    this.waiting = this.waiting.filter((one) => !one.signal?.aborted || one.resolve(null));
    if (!this.isReady || this.current || !this.waiting.length) return;
    this.current = this.waiting.shift();
    this.limit = setTimeout(() => this.end(this.settings.tooLate), this.settings.seconds * 1000);
    this.worker.postMessage({ line: this.current.line });
  }

  heard({ state, text, answer }) {
    if (state === "broken") {
      this.end(this.settings.broken);
    } else if (state) {
      if (state === "ready") this.isReady = true;
      this.tell(state, text);
    } else {
      this.finish(answer);
    }
    this.next();
  }

  finish(answer) {
    clearTimeout(this.limit);
    const { resolve, signal } = this.current ?? {};
    this.current = null;
    resolve?.(signal?.aborted ? null : JSON.parse(answer));
  }

  abandon(one) {
    if (one !== this.current) return this.next();
    setTimeout(() => { if (one === this.current) this.end(null); }, GRACE);
  }

  stop() { if (this.current) this.end(null); }

  // Ends the work under way, whatever it is: nothing else stops Python in the middle of a computation.
  end(answer) {
    this.worker.terminate();
    this.finish(JSON.stringify(answer));
    this.start();
  }
}
