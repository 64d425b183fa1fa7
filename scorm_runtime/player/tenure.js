// One player for each attempt: a second tab or device is told, and the first keeps working.

const OTHER_TAB = "This course is open in another tab of this browser.";
const OTHER_DEVICE =
  "This course is still open in another window or on another device. " +
  "It continues here by itself as soon as that one is gone.";

const after = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Holds the attempt's name within this browser; `lost` is called when another tab takes it. */
export class Tenure {
  #ended = false;
  #release = () => undefined;

  constructor({ scope, ask, lost }) {
    this.name = `lyceum:${scope}`;
    this.ask = ask;
    this.lost = lost;
  }

  /** Whether this browser can tell its tabs apart. */
  static get possible() {
    return Boolean(navigator.locks);
  }

  /** Wait for the name, or take it if the learner says so. True when it was taken. */
  async begin() {
    if (!Tenure.possible || (await this.#hold({ ifAvailable: true }))) return false;
    const here = (await this.ask(OTHER_TAB, this.#hold({}))) === "here";
    if (here) await this.#hold({ steal: true });
    return here;
  }

  /** Let another tab have the name: this one saves nothing more. */
  end() {
    this.#ended = true;
    this.#release();
  }

  /** null where another tab holds it. */
  #hold(options) {
    return new Promise((resolve, reject) => {
      const kept = (lock) => {
        resolve(lock);
        return lock && !this.#ended && new Promise((release) => {
          this.#release = release;
        });
      };
      navigator.locks.request(this.name, options, kept).catch((error) => {
        reject(error);
        this.lost();
      });
    });
  }
}

/** Open the attempt; while another device holds it, wait until it gives up or the learner insists. */
export async function openWhenFree(open, ask, { takeover, replaces }) {
  for (;;) {
    try {
      return await open({ takeover, replaces });
    } catch (error) {
      if (error.code !== "attempt_in_use") throw error;
      const free = after(1000 * error.meta.retry_after + 200);
      takeover = (await ask(OTHER_DEVICE, free)) === "here";
    }
  }
}
