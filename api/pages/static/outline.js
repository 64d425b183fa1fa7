// An outline: modules and their lessons, or questions, are dragged or moved by their buttons, and
// the page stays where it is. Without this the buttons send their forms.

import { refused, send, tell } from "./swap.js";

const outline = document.querySelector("[data-outline]");
let dragged = null;

async function move(address, body, moved) {
  outline.classList.add("busy-now");
  const name = (moved.querySelector(".name a, .name h2") ?? moved).textContent.trim();
  const focus = document.activeElement?.value;
  try {
    const { ok, page } = await send(address, body);
    const fresh = page.querySelector("[data-outline]");
    if (!ok || !fresh) return refused(page);
    outline.replaceChildren(...fresh.childNodes);
    const now = document.getElementById(moved.id);
    const buttons = [...(now?.querySelectorAll("form[data-swap] button:not(:disabled)") ?? [])];
    const own = buttons.filter((each) => each.closest("[data-lesson], [data-module]") === now);
    (own.find((each) => each.value === focus) ?? own[0] ?? now)?.focus();
    tell(`${name} is moved${where(now)}.`);
  } catch {
    tell("That was not saved: the server cannot be reached.");
  } finally {
    outline.classList.remove("busy-now");
  }
}

function addressOf(item) {
  return item.querySelector("form[data-swap]").action;
}

function where(item) {
  if (!item) return "";
  const siblings = [...item.parentElement.children].filter((each) => each.id);
  const place = `to place ${siblings.indexOf(item) + 1} of ${siblings.length}`;
  const module = item.closest("[data-lessons]") && item.closest("[data-module]");
  return module ? ` ${place} in ${module.querySelector("h2").textContent}` : ` ${place}`;
}

outline.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-swap]")) return;
  event.preventDefault();
  const direction = event.submitter.value;
  move(event.target.action, { direction }, event.target.closest("[data-lesson], [data-module]"));
});

outline.addEventListener("dragstart", (event) => {
  const handle = event.target.closest?.("[data-handle]");
  if (!handle) return;
  dragged = handle.closest(`[data-${handle.dataset.handle}]`);
  dragged.dataset.dragged = "";
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", dragged.id);
  event.dataTransfer.setDragImage(dragged, 10, 10);
});

function goal(event) {
  if (dragged.dataset.lesson) {
    const over = event.target.closest("[data-lesson]");
    if (over) return { over, place: half(over, event) };
    const module = event.target.closest("[data-module]");
    return module && { over: module.querySelector("[data-lessons]"), place: "into" };
  }
  const over = event.target.closest("[data-module]");
  return over && { over, place: half(over, event) };
}

function half(element, event) {
  const box = element.getBoundingClientRect();
  return event.clientY < box.top + box.height / 2 ? "before" : "after";
}

function unmark() {
  for (const each of outline.querySelectorAll("[data-drop]")) delete each.dataset.drop;
}

outline.addEventListener("dragover", (event) => {
  const found = dragged && goal(event);
  unmark();
  if (!found) return;
  event.preventDefault();
  if (found.over !== dragged) found.over.dataset.drop = found.place;
});

outline.addEventListener("drop", (event) => {
  const found = dragged && goal(event);
  if (!found) return;
  event.preventDefault();
  const { over, place } = found;
  if (over === dragged) return;
  const list = place === "into" ? over : over.parentElement;
  const others = [...list.children].filter((each) => each.id && each !== dragged);
  const at = place === "into" ? others.length : others.indexOf(over) + (place === "after" ? 1 : 0);
  if (dragged.dataset.lesson) {
    const module_id = list.closest("[data-module]").dataset.module;
    move(addressOf(dragged), { module_id, position: at + 1 }, dragged);
  } else {
    move(addressOf(dragged), { position: at + 1 }, dragged);
  }
});

outline.addEventListener("dragend", () => {
  unmark();
  if (dragged) delete dragged.dataset.dragged;
  dragged = null;
});

// One menu is open at a time, and Escape closes it.
outline.addEventListener("toggle", (event) => {
  if (!event.target.open || !event.target.matches(".menu")) return;
  for (const each of outline.querySelectorAll(".menu[open]")) if (each !== event.target) each.open = false;
}, true);
outline.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && event.target.closest(".menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
