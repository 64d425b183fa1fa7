// The live tail and copying; everything else on these pages works without a script.

const MOST_ROWS = 200;
const ANNOUNCE_MS = 5000;
const TIMES_MS = 30_000;

const list = document.getElementById("statements");
const button = document.getElementById("tail");
const status = document.getElementById("status");
const form = document.querySelector("form.filters");

function ago(moment) {
  const seconds = (Date.now() - moment) / 1000;
  if (seconds < -5 || seconds >= 7 * 86_400) return null;
  if (seconds < 5) return "just now";
  for (const [size, unit] of [[86_400, "day"], [3_600, "hour"], [60, "minute"], [1, "second"]]) {
    const count = Math.floor(seconds / size);
    if (count) return `${count} ${unit}${count === 1 ? "" : "s"} ago`;
  }
}

function tellTimes() {
  for (const time of document.querySelectorAll("time:not([data-exact])")) {
    const told = ago(Date.parse(time.dateTime));
    if (told) time.textContent = told;
  }
}

async function copy(control) {
  const selector = control.dataset.copy;
  const scope = selector.startsWith("#") ? document : control.closest(".record");
  const source = scope.querySelector(selector);
  try {
    await navigator.clipboard.writeText(source.textContent);
  } catch {
    source.closest("details").open = true;
    getSelection().selectAllChildren(source);
    document.execCommand("copy");
  }
  const label = control.textContent;
  if (label === "Copied") return;
  control.textContent = "Copied";
  status.textContent = "Copied";
  setTimeout(() => { control.textContent = label; }, 1500);
}

class Tail {
  #stream = null;
  #through = button.dataset.after;
  #unannounced = 0;
  #announcing = 0;
  #announced = 0;
  wanted = false;

  follow() {
    this.wanted = true;
    this.#label("Pause", "following");
    this.#tell("Connecting…");
    this.#open();
  }

  pause(reason = "Paused. New statements wait until you resume.") {
    this.wanted = false;
    this.#close();
    this.#label("Resume", "paused");
    this.#tell(reason);
  }

  // A browser has few connections to a server: a tab that nobody sees keeps none of them.
  rest() { if (this.wanted) this.#close(); }

  wake() { if (this.wanted && !this.#stream) this.#open(); }

  #open() {
    const address = new URL(button.dataset.address, location);
    address.searchParams.set("after", this.#through);
    const stream = new EventSource(address);
    stream.onopen = () => this.#tell("Live");
    stream.onerror = () => this.#failed(stream);
    stream.addEventListener("full", (event) => this.pause(event.data));
    stream.addEventListener("through", (event) => { this.#through = event.lastEventId; });
    stream.addEventListener("statements", (event) => {
      this.#through = event.lastEventId;
      this.#add(event.data);
    });
    this.#stream = stream;
  }

  #close() {
    this.#stream?.close();
    this.#stream = null;
  }

  #failed(stream) {
    if (stream.readyState === EventSource.CLOSED) {
      this.pause("The server does not send any more; reload the page, or sign in again.");
    } else {
      this.#tell("The connection is lost. Trying again…");
    }
  }

  #add(html) {
    const template = document.createElement("template");
    template.innerHTML = html;
    let added = 0;
    for (const row of [...template.content.children]) {
      const known = row.dataset.statement
        && list.querySelector(`[data-statement="${row.dataset.statement}"]`);
      if (known) continue;
      row.classList.add("new");
      this.#place(row);
      added += 1;
      markVoided(row.dataset.voids);
    }
    if (!added) return;
    trim();
    document.getElementById("empty")?.remove();
    this.#unannounced += added;
    const wait = Math.max(0, this.#announced + ANNOUNCE_MS - Date.now());
    this.#announcing ||= setTimeout(() => this.#announce(), wait);
  }

  #place(row) {
    const later = Number(row.dataset.stored);
    let next = list.firstElementChild;
    while (next && Number(next.dataset.stored) > later) next = next.nextElementSibling;
    list.insertBefore(row, next);
  }

  #announce() {
    const count = this.#unannounced;
    this.#announcing = this.#unannounced = 0;
    this.#announced = Date.now();
    if (this.wanted) this.#tell(`Live: ${count} new ${count === 1 ? "statement" : "statements"}`);
  }

  #label(text, state) {
    button.textContent = text;
    button.dataset.state = status.dataset.state = state;
    const address = new URL(location);
    if (state === "following") address.searchParams.set("live", "1");
    else address.searchParams.delete("live");
    history.replaceState(history.state, "", address);
  }

  #tell(text) { status.textContent = text; }
}

function markVoided(id) {
  const row = id && list.querySelector(`[data-statement="${id}"]`);
  if (!row) return;
  row.classList.add("voided");
  row.querySelector("[data-badge=voided]").hidden = false;
}

// What somebody reads stays: rows that are open or hold the focus.
function trim() {
  let surplus = list.children.length - MOST_ROWS;
  for (let row = list.lastElementChild; row && surplus > 0;) {
    const before = row.previousElementSibling;
    if (!row.querySelector("details[open]") && !row.contains(document.activeElement)) {
      row.remove();
      surplus -= 1;
    }
    row = before;
  }
}

document.addEventListener("click", (event) => {
  const control = event.target.closest("[data-copy]");
  if (control) copy(control);
});
setInterval(tellTimes, TIMES_MS);
tellTimes();

if (button) {
  const tail = new Tail();
  button.addEventListener("click", () => (tail.wanted ? tail.pause() : tail.follow()));
  document.addEventListener("visibilitychange", () => (document.hidden ? tail.rest() : tail.wake()));
  form.addEventListener("formdata", ({ formData }) => { if (tail.wanted) formData.set("live", "1"); });
  addEventListener("pagehide", () => tail.rest());
  addEventListener("pageshow", () => tail.wake());
  if (new URLSearchParams(location.search).has("live")) tail.follow();
}

form?.addEventListener("submit", () => {
  form.querySelector("button").textContent = "Looking…";
  form.setAttribute("aria-busy", "true");
});
addEventListener("pageshow", () => {
  if (!form) return;
  form.querySelector("button").textContent = "Show";
  form.removeAttribute("aria-busy");
});
