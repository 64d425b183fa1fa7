// The table of contents and the lesson's progress: what docs/integrators/scorm-runtime.md promises.

import { NOT_YET } from "./controls.js";

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

/** An item to click, or the heading of those that it contains; each with its status. */
function entry(item) {
  const inside = [
    element("span", { class: "status", "aria-hidden": "true" }),
    element("span", { class: "title" }, [item.title || item.identifier]),
    element("span", { class: "spoken" }),
  ];
  const kind = item.launchable ? "" : "folder";
  if (!item.selectable) {
    return indented(element("li", { class: kind, "data-folder": item.identifier }, inside), item.level);
  }
  const button = element(
    "button",
    { type: "button", "data-item": item.identifier, "aria-disabled": "false" },
    inside,
  );
  return indented(element("li", { class: kind }, [button]), item.level);
}

function indented(line, level) {
  line.style.setProperty("--level", level);
  return line;
}

/** What each list shows: the order of its items, and each item's line by its identifier. */
const shown = new WeakMap();

/** Show the package's items, and which of them runs. A selectable item has an entry to click. */
export function showOutline(list, items, current) {
  const order = items.map(({ identifier }) => identifier).join("\n");
  if (shown.get(list)?.order !== order) {
    const made = items.map(entry);
    list.replaceChildren(...made);
    const lines = made.map((line) => line.querySelector("[data-item]") ?? line);
    shown.set(list, { order, lines: new Map(items.map(({ identifier }, n) => [identifier, lines[n]])) });
  }
  for (const item of items) showStatus(list, item);
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
    if (able || busy) button.removeAttribute("title");
    else button.title = NOT_YET;
  }
}

/** Show one item's status. */
export function showStatus(list, { identifier, status }) {
  const line = shown.get(list)?.lines.get(identifier);
  if (!line) return;
  line.dataset.status = status;
  line.querySelector(".spoken").textContent = `(${STATUS_TEXT[status] ?? status})`;
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
