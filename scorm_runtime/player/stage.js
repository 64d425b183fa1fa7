// Where an item is shown: in the player's frame, or in a window of its own that the player opened.

const PATIENCE = 10_000;
const LOOK_AGAIN = 50;
const BLANK = "about:blank";
const FEATURES = "popup,width=1100,height=780";

/** Whether a window has let go of what it showed. Content of another origin may not be asked. */
function isBlank(shown) {
  try {
    return shown.location.href === BLANK && shown.document.readyState === "complete";
  } catch {
    return false;
  }
}

/** The item in `iframe[data-sco]`, as the standards have it: the API is on the frame's parent. */
class Frame {
  constructor(frame) {
    this.frame = frame;
  }

  show({ identifier, title, url }) {
    this.frame.title = title || identifier;
    // replace() leaves no entry in the history: the browser's Back leaves the player, not the SCO.
    this.frame.contentWindow.location.replace(url);
    this.frame.focus();
  }

  /** Take the item away; it may finish its session while it unloads. */
  clear() {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.frame.removeEventListener("load", gone);
        resolve();
      };
      // The item's own load event may still come: only a blank frame has seen the item unload.
      const gone = () => isBlank(this.frame.contentWindow) && done();
      const timer = setTimeout(done, PATIENCE);
      this.frame.addEventListener("load", gone);
      this.frame.contentWindow.location.replace(BLANK);
    });
  }

  /** Nothing is to be shown any more. */
  close() {
    this.frame.contentWindow.location.replace(BLANK);
  }
}

/**
 * The item in a window that has the player as its opener. `told` hears: blocked() when the browser
 * does not allow a window, closed() when the learner has closed it.
 */
class OwnWindow {
  #shown = null;
  #item = null;
  #watch = null;

  constructor(place, name, told) {
    this.place = place;
    this.name = name;
    this.told = told;
    place.querySelector("button").addEventListener("click", () => this.front());
    addEventListener("pagehide", () => this.close());
  }

  get open() {
    return this.#shown !== null && !this.#shown.closed;
  }

  show(item) {
    this.#item = item;
    if (this.open) this.#shown.location.replace(item.url);
    else this.#shown = window.open(item.url, this.name, FEATURES);
    const open = this.open;
    this.place.hidden = !open;
    this.place.querySelector("p").textContent = `“${item.title || item.identifier}” is open in a window of its own.`;
    if (!open) return this.told.blocked();
    this.front();
    this.#watch ??= setInterval(() => this.#look(), 10 * LOOK_AGAIN);
  }

  /** Try again, now that the learner has clicked; or bring the window before the others. */
  front() {
    if (this.open) this.#shown.focus();
    else if (this.#item) this.show(this.#item);
  }

  async clear() {
    this.#item = null;
    this.place.hidden = true;
    if (!this.open) return;
    this.#shown.location.replace(BLANK);
    const until = Date.now() + PATIENCE;
    while (this.open && !isBlank(this.#shown) && Date.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN));
    }
  }

  close() {
    clearInterval(this.#watch);
    this.#watch = this.#item = null;
    this.place.hidden = true;
    if (this.open) this.#shown.close();
  }

  #look() {
    if (this.open || !this.#item) return;
    this.#item = null;
    this.place.hidden = true;
    this.told.closed();
  }
}

/** The stage that the lesson asks for: `display` is "frame" or "window". */
export function stageOf(display, { frame, place, name, told }) {
  return display === "window" ? new OwnWindow(place, name, told) : new Frame(frame);
}
