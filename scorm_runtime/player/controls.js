// The player's controls: what they would do, why not, and by which keys.

const KEYS = {
  KeyN: '[data-nav="continue"]',
  KeyP: '[data-nav="previous"]',
  KeyC: "#contents-toggle",
};
const WHY_NOT = {
  continue: ["This is the last part.", "The course does not let you go on from here."],
  previous: ["This is the first part.", "The course does not let you go back from here."],
  exit: ["Nothing is open.", "There is no part open that could be ended."],
  exitAll: ["Nothing is open.", "The course is not running."],
  suspendAll: ["Nothing is open.", "There is no part open to come back to."],
  abandon: ["Nothing is open.", "There is no part open that could be discarded."],
  abandonAll: ["Nothing is open.", "The course is not running."],
};
const ONE_MOMENT = "One moment, please.";
export const NOT_YET = "The course does not open this part now.";

/** Enable the controls whose request would be carried out now; the content may hide some. */
export function showNavigation(buttons, { valid, hidden = [], busy, sequenced }) {
  for (const button of buttons) {
    const { nav } = button.dataset;
    const able = Boolean(valid[nav]);
    button.hidden = hidden.includes(nav);
    button.setAttribute("aria-disabled", String(!able));
    button.title = able ? keysOf(button) : busy ? ONE_MOMENT : WHY_NOT[nav][sequenced ? 1 : 0];
  }
}

/** Why a control does nothing, null for one that works. */
export const whyNot = (control) =>
  control.getAttribute("aria-disabled") === "true" ? control.title : null;

const keysOf = (button) => button.getAttribute("aria-keyshortcuts") ?? "";

/** Keys with Alt, while the player has the keyboard: what is pressed in the content is its own. */
export function listenToKeys() {
  document.addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const control = document.querySelector(KEYS[event.code] ?? ":not(*)");
    if (!control || control.hidden || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    control.click();
  });
}

/** The table of contents is shown or put away; on small screens it lies over the content. */
export function connectContents(body, toggle, panel) {
  const narrow = matchMedia("(max-width: 48rem)");
  const show = (open) => {
    body.toggleAttribute("data-contents", open);
    toggle.setAttribute("aria-expanded", String(open));
  };
  const shown = () => body.hasAttribute("data-contents");
  const fit = () => show(!narrow.matches && !body.hasAttribute("data-single"));
  const enter = () => {
    const first = panel.querySelector("[aria-current]") ?? panel.querySelector("[aria-disabled=false]");
    (first ?? panel.querySelector("button"))?.focus();
  };
  toggle.addEventListener("click", () => {
    show(!shown());
    if (shown() && narrow.matches) enter();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !narrow.matches || !shown()) return;
    show(false);
    toggle.focus();
  });
  narrow.addEventListener("change", fit);
  return {
    fit,
    chosen: () => narrow.matches && show(false),
    choose() {
      show(true);
      enter();
    },
  };
}

/** The whole player fills the screen, its controls included. */
export function connectFullScreen(button) {
  button.hidden = !document.fullscreenEnabled;
  button.addEventListener("click", () => {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen().catch(() => undefined);
  });
  document.addEventListener("fullscreenchange", () => {
    const full = Boolean(document.fullscreenElement);
    button.setAttribute("aria-pressed", String(full));
  });
}
