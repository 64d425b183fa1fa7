// The course as the learner sees it: its items, and which way leads on from here.

import { showNavigation } from "./controls.js";
import { showChoices, showLesson, showOutline, showStatus } from "./outline.js";

/** The table of contents, the controls and the progress. `current` is the item that runs. */
export class Course {
  current = null;
  busy = true;
  #items = [];
  #valid = {};
  #hidden = [];
  #visible = null;
  #choosable = null;

  constructor({ body, list, buttons, bar, sequenced }) {
    Object.assign(this, { body, list, buttons, bar, sequenced });
  }

  /** The item that runs. */
  get item() {
    return this.#items.find(({ identifier }) => identifier === this.current);
  }

  get isEmpty() {
    return this.#items.length === 0;
  }

  /** Whether a request would be carried out now. */
  allows(request) {
    return Boolean(this.#valid[request]);
  }

  /** Take in all items; a package of one needs no table of contents. */
  take(items) {
    this.#items = items;
    this.body.toggleAttribute("data-single", items.filter(({ launchable }) => launchable).length < 2);
  }

  /** Take in what changed: items' statuses, and the lesson's progress. */
  update({ items = [], lesson }) {
    for (const { identifier, status } of items) {
      const known = this.#items.find((item) => item.identifier === identifier);
      if (known) known.status = status;
      showStatus(this.list, { identifier, status });
    }
    if (lesson) showLesson(this.bar, lesson);
  }

  /** Take in what may be asked for now; sequencing says as well what is to be seen. */
  allow({ navigation, valid, hidden, visible }) {
    this.#valid = navigation;
    if (!valid) return;
    this.#hidden = hidden;
    this.#visible = new Set(visible);
    this.#choosable = new Set(valid.choice);
  }

  /** Nothing leads on from here, save the way out where `exit` says so. */
  forbid({ exit = false } = {}) {
    this.#valid = { exit };
    this.#choosable = new Set();
    this.show();
  }

  /** While a request is carried out nothing else can be asked for. */
  setBusy(busy) {
    this.busy = busy;
    this.body.toggleAttribute("data-busy", busy);
    this.#showWays();
  }

  show() {
    showOutline(this.list, this.#shownItems(), this.current);
    this.#showWays();
  }

  /** SCORM 1.2 may be left at any time; sequencing has to have decided first. */
  #showWays() {
    const { busy, sequenced } = this;
    const whileBusy = sequenced ? {} : { exit: this.#valid.exit };
    const valid = busy ? whileBusy : this.#valid;
    showNavigation(this.buttons, { valid, hidden: this.#hidden, busy, sequenced });
    showChoices(this.list, this.#choosable, busy);
  }

  /** What the learner sees; sequencing makes every one of them something to click. */
  #shownItems() {
    if (!this.#visible) return this.#items.map((item) => ({ ...item, selectable: item.launchable }));
    return this.#items
      .filter(({ identifier }) => this.#visible.has(identifier))
      .map((item) => ({ ...item, selectable: true }));
  }
}
