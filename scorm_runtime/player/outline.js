// The table of contents and the navigation controls: what docs/integrators/scorm-runtime.md promises.

const STATUS_TEXT = {
  "not attempted": "not started",
  incomplete: "in progress",
  browsed: "browsed",
  completed: "completed",
  passed: "passed",
  failed: "failed",
};

function element(name, properties = {}, children = []) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function entry(item) {
  const status = element("span", { class: "status", "aria-hidden": "true" });
  const spoken = element("span", { class: "spoken" });
  const title = element("span", { class: "title" }, [item.title || item.identifier]);
  if (!item.selectable) {
    return indented(element("li", { class: "folder" }, [title]), item.level);
  }
  const button = element(
    "button",
    { type: "button", "data-item": item.identifier, "aria-disabled": "false" },
    item.launchable ? [status, title, spoken] : [title, spoken],
  );
  return indented(element("li", {}, [button]), item.level);
}

function indented(line, level) {
  line.style.setProperty("--level", level);
  return line;
}

const entryOf = (list, identifier) => list.querySelector(`[data-item="${CSS.escape(identifier)}"]`);
const shown = new WeakMap();

/** Show the package's items, and which of them runs. A selectable item has an entry to click. */
export function showOutline(list, items, current) {
  const order = items.map(({ identifier }) => identifier).join("\n");
  if (shown.get(list) !== order) list.replaceChildren(...items.map(entry));
  shown.set(list, order);
  for (const item of items.filter(({ launchable }) => launchable)) showStatus(list, item);
  for (const button of list.querySelectorAll("[data-item]")) {
    if (button.dataset.item === current) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
}

/** Enable the entries that could be chosen now; `choosable` is a set, null for all. */
export function showChoices(list, choosable, busy) {
  for (const button of list.querySelectorAll("[data-item]")) {
    const able = !busy && (choosable === null || choosable.has(button.dataset.item));
    button.setAttribute("aria-disabled", String(!able));
  }
}

/** Show one item's status. */
export function showStatus(list, { identifier, status }) {
  const button = entryOf(list, identifier);
  if (!button) return;
  button.dataset.status = status;
  button.querySelector(".spoken").textContent = `, ${STATUS_TEXT[status] ?? status}`;
}

/** Enable the controls whose request would be carried out now; the content may hide some. */
export function showNavigation(buttons, valid, hidden = []) {
  for (const button of buttons) {
    button.hidden = hidden.includes(button.dataset.nav);
    button.setAttribute("aria-disabled", String(!valid[button.dataset.nav]));
  }
}

/** Show how much of the lesson is done. */
export function showLesson(bar, { percent, completed, success }) {
  bar.setAttribute("aria-valuenow", percent);
  bar.style.setProperty("--percent", percent);
  const verdict = success === true ? "passed" : success === false ? "failed" : "";
  bar.dataset.lesson = verdict || (completed ? "completed" : "incomplete");
  bar.querySelector("span").textContent = `${percent}%`;
}

export const spokenStatus = (status) => STATUS_TEXT[status] ?? status;
