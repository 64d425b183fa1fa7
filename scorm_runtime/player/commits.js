// A session's commits: numbered, kept in localStorage until acknowledged, sent in order.

const KEEPALIVE_LIMIT = 60_000; // the browser's own is 64 KiB for all requests in flight
const COMMIT_LIMIT = 40_000;
const REQUEST_LIMIT = 1_000_000;
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 15_000;
const AUTOSAVE = 1_000;

const bytes = (text) => new TextEncoder().encode(text).length;
const hasIndex = (name) => /\.\d/.test(name);

/** localStorage where there is one: private windows and full disks must not stop a course. */
const storage = {
  read(key) {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  },
  write(key, value) {
    try {
      if (value === null) localStorage.removeItem(key);
      else localStorage.setItem(key, JSON.stringify(value));
    } catch {
      // What cannot be kept here is still sent.
    }
  },
  keys(prefix) {
    try {
      return Object.keys(localStorage).filter((key) => key.startsWith(prefix));
    } catch {
      return [];
    }
  },
};

export const remember = (scope, player) => storage.write(`lyceum:${scope}:player`, player);
export const remembered = (scope) => storage.read(`lyceum:${scope}:player`);

/** An answer that is a refusal: `code` is stable, `meta` is for the program. */
export class Refused extends Error {
  constructor(status, body) {
    const first = body?.errors?.[0];
    super(first?.detail ?? `The server answered ${status}.`);
    this.status = status;
    this.code = first?.code ?? "";
    this.meta = first?.meta ?? {};
  }
}

export async function post(url, body, options = {}) {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
    ...options,
  });
  const read = await answer.json().catch(() => null);
  if (!answer.ok) throw new Refused(answer.status, read);
  return read;
}

/** A commit as it is sent: its age instead of its time, for clocks differ. */
const outgoing = ({ made, ...commit }) => ({ ...commit, age: Math.max(0, (Date.now() - made) / 1000) });

/** Cut changes so that each commit can travel with the page's last breath. */
function* portions(changes) {
  let portion = [];
  let size = 0;
  for (const change of changes) {
    const more = bytes(JSON.stringify(change));
    if (portion.length && size + more > COMMIT_LIMIT) {
      yield portion;
      portion = [];
      size = 0;
    }
    portion.push(change);
    size += more;
  }
  yield portion;
}

/** Send what an earlier page could not. True when nothing is left to send. */
export async function replay(url, scope) {
  for (const key of storage.keys(`lyceum:${scope}:outbox:`)) {
    const kept = storage.read(key);
    if (kept?.commits?.length) {
      const body = { session: kept.session, commits: kept.commits.map(outgoing) };
      try {
        await post(url, body);
      } catch (error) {
        if (!(error instanceof Refused) || error.status >= 500) return false;
        if (error.status === 401) return true;
      }
    }
    storage.write(key, null);
  }
  return true;
}

/**
 * The outbox of one session. `told` hears: answer(body), state("saved" | "saving" | "offline"),
 * stopped(Refused) when the server will take no more.
 */
export class Outbox {
  #changes = [];
  #marks = {};
  #commits = [];
  #next = 1;
  #sending = null;
  #stopped = false;
  #leaving = false;
  #wake = null;
  #autosave = null;
  #keeping = false;

  constructor({ url, scope, session, appends, told }) {
    this.url = url;
    this.session = session;
    this.appends = appends;
    this.told = told;
    this.key = `lyceum:${scope}:outbox:${session}`;
  }

  /** A change, in order; of an element outside collections only the last value matters. */
  set(name, value) {
    if (!hasIndex(name) && !this.appends(name)) {
      this.#changes = this.#changes.filter(([other]) => other !== name);
    }
    this.#changes.push([name, value]);
    this.#commitSoon();
  }

  /** `initialize`, `finish`: the SCO's session began, ended; `proceed`: and what it asked for is due. */
  mark(name) {
    this.#marks[name] = true;
  }

  /** Number what was changed, keep it, and send it. */
  commit() {
    clearTimeout(this.#autosave);
    this.#autosave = null;
    if (this.#changes.length || Object.keys(this.#marks).length) {
      const { initialize, finish, proceed } = this.#marks;
      const made = this.#numbered();
      if (initialize) made[0].initialize = true;
      if (finish) Object.assign(made.at(-1), { finish, proceed });
      this.#commits.push(...made);
      this.#next += made.length;
      this.#changes = [];
      this.#marks = {};
      this.#keep();
    }
    if (this.#leaving) this.#sendAtOnce();
    else if (this.#commits.length) this.#start();
  }

  /** The page may go at any moment: what is here goes with it, and what comes after follows. */
  leave() {
    this.#leaving = true;
    this.commit();
  }

  /** The page stayed after all. */
  stay() {
    this.#leaving = false;
    if (this.#commits.length) this.#start();
  }

  /** Commit, and wait until the server has everything. False when it will take no more. */
  async flush() {
    this.commit();
    while (this.#commits.length && !this.#stopped) await this.#start();
    return !this.#stopped;
  }

  /** Say that this page is alive. */
  async renew() {
    if (this.#sending || this.#stopped || this.#leaving) return;
    try {
      this.told.answer(await post(this.url, { session: this.session }));
      this.told.state("saved");
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Try again now: the network is back. */
  retry() {
    this.#wake?.();
  }

  stop() {
    this.#stopped = true;
    this.#wake?.();
  }

  /** Content often sets and never commits: keep its changes as they come, send them within a second. */
  #commitSoon() {
    this.#autosave ??= setTimeout(() => this.commit(), AUTOSAVE);
    if (this.#keeping) return;
    this.#keeping = true;
    queueMicrotask(() => {
      this.#keeping = false;
      this.#keep();
    });
  }

  /** The changes since the last commit as the commits that they would make. */
  #numbered() {
    return [...portions(this.#changes)].map((changes, position) => ({
      number: this.#next + position,
      changes,
      made: Date.now(),
    }));
  }

  #keep() {
    const commits = this.#changes.length ? [...this.#commits, ...this.#numbered()] : this.#commits;
    storage.write(this.key, commits.length ? { session: this.session, commits } : null);
  }

  #body(limit) {
    const commits = [];
    let size = 0;
    for (const commit of this.#commits) {
      size += bytes(JSON.stringify(commit));
      if (commits.length && size > limit) break;
      commits.push(outgoing(commit));
    }
    return JSON.stringify({ session: this.session, commits, leaving: this.#leaving });
  }

  #start() {
    this.#sending ??= this.#send().finally(() => {
      this.#sending = null;
    });
    return this.#sending;
  }

  async #send() {
    let pause = FIRST_PAUSE;
    while (this.#commits.length && !this.#stopped) {
      this.told.state("saving");
      const body = this.#body(REQUEST_LIMIT);
      try {
        const answer = await post(this.url, body, { keepalive: bytes(body) < KEEPALIVE_LIMIT });
        this.#acknowledge(answer.number);
        pause = FIRST_PAUSE;
        this.told.answer(answer);
      } catch (error) {
        this.#failed(error);
        if (this.#stopped) return;
        await this.#pause(pause);
        pause = Math.min(pause * 2, LONGEST_PAUSE);
      }
    }
    if (!this.#stopped) this.told.state("saved");
  }

  #sendAtOnce() {
    const body = this.#body(KEEPALIVE_LIMIT);
    const request = { method: "POST", headers: { "Content-Type": "application/json" }, body };
    try {
      fetch(this.url, { ...request, keepalive: true })
        .then((answer) => (answer.ok ? answer.json() : null))
        .then((answer) => answer && this.#acknowledge(answer.number))
        .catch(() => undefined);
    } catch {
      navigator.sendBeacon(this.url, new Blob([body], { type: "application/json" }));
    }
  }

  #acknowledge(number) {
    this.#commits = this.#commits.filter((commit) => commit.number > number);
    this.#keep();
  }

  #failed(error) {
    if (!(error instanceof Refused) || error.status >= 500 || error.status === 429) {
      this.told.state("offline");
    } else if (error.code === "commit_gap") {
      this.#renumber(error.meta.expected);
    } else {
      this.#stopped = true;
      if (error.code === "session_ended") storage.write(this.key, null);
      this.told.stopped(error);
    }
  }

  #renumber(first) {
    this.#commits.forEach((commit, position) => {
      commit.number = first + position;
    });
    this.#next = first + this.#commits.length;
    this.#keep();
  }

  #pause(milliseconds) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
