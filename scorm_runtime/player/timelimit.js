// The time that an item may be used: it runs while the item is open, and ends it or goes on.

const LONGEST = 2_000_000_000; // the most milliseconds that a browser's timer takes

export const TIME_IS_UP = "The time for this part is up.";

/** One clock for the item that is played; `ended(limit)` is called once its time is up. */
export class Clock {
  #timer = null;

  constructor(ended) {
    this.ended = ended;
  }

  /** `limit` has the seconds `left`, whether the item `exits` and whether a `message` is shown. */
  start(limit) {
    this.stop();
    if (!limit || (limit.left <= 0 && !limit.message)) return;
    this.#timer = setTimeout(() => this.ended(limit), Math.min(1000 * limit.left, LONGEST));
  }

  stop() {
    clearTimeout(this.#timer);
  }
}
