// The player: one SCO at a time in a frame, the API on this window, navigation around it.

import { Table } from "./cmi.js";
import { Outbox, Refused, post, remember, remembered, replay } from "./commits.js";
import { showLesson, showNavigation, showOutline, showStatus, spokenStatus } from "./outline.js";
import { createApi } from "./scorm12.js";

const UNLOAD_PATIENCE = 3_000;

const settings = JSON.parse(document.getElementById("settings").textContent);
const player = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
const body = document.body;
const frame = document.querySelector("iframe[data-sco]");
const list = document.getElementById("outline");
const buttons = [...document.querySelectorAll("[data-nav]")];
const lessonBar = document.getElementById("lesson");
const notice = document.getElementById("notice");
const dialog = document.getElementById("question");
const announcer = document.getElementById("announcer");

let table;
let outbox = null;
let items = [];
let current = null;
let valid = {};
let busy = true;
let leaving = false;

const say = (text) => {
  announcer.textContent = text;
};

function setBusy(value) {
  busy = value;
  body.toggleAttribute("data-busy", value);
  showNavigation(buttons, value ? { exit: valid.exit } : valid);
  for (const entry of list.querySelectorAll("[data-item]")) {
    entry.setAttribute("aria-disabled", String(value));
  }
}

/** A line above the content; `actions` are [label, function] pairs. Without text it goes. */
function showNotice(kind, text = "", actions = []) {
  notice.hidden = !text;
  notice.dataset.kind = kind;
  const made = actions.map(([label, act]) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    button.addEventListener("click", act);
    return button;
  });
  const line = document.createElement("p");
  line.textContent = text;
  notice.replaceChildren(line, ...made);
}

const clearNotice = (kind) => {
  if (notice.dataset.kind === kind) showNotice(kind);
};

const goBack = () => location.assign(settings.returnUrl);

// What the outbox tells us.

const told = {
  answer({ items: changed = [], lesson, navigation }) {
    for (const item of changed) {
      showStatus(list, item);
      const known = items.find(({ identifier }) => identifier === item.identifier);
      if (known) known.status = item.status;
    }
    if (lesson) showLesson(lessonBar, lesson);
    if (navigation && Object.keys(navigation).length) {
      valid = navigation;
      if (!busy) showNavigation(buttons, valid);
    }
  },
  state(state) {
    body.dataset.saving = state;
    if (state !== "offline") return clearNotice("offline");
    const kept = "your progress is kept here and sent as soon as it is back.";
    if (leaving) showNotice("offline", `The connection is lost; ${kept}`, [["Leave now", goBack]]);
    else showNotice("offline", `The connection is lost. Go on: ${kept}`);
  },
  stopped(refused) {
    body.dataset.session = "ended";
    window.API = undefined;
    frame.src = "about:blank";
    valid = { exit: true };
    setBusy(true);
    const gone = refused.code === "session_ended";
    showNotice(
      "ended",
      gone
        ? "This course was opened in another window, which has taken over from here."
        : refused.status === 401
          ? "Your sign-in to this course has expired. Your progress is kept here and sent when you start the course again."
          : `Your progress could not be saved: ${refused.message}`,
      gone ? [["Continue here", () => location.reload()], ["Leave", goBack]] : [["Leave", goBack]],
    );
  },
};

// Playing an item.

function hooksOf(box) {
  return {
    initialize() {
      box.mark("initialize");
      box.commit();
    },
    set: (name, value) => box.set(name, value),
    commit: () => box.commit(),
    finish() {
      box.mark("finish");
      box.commit();
      if (!busy) box.flush().then((saved) => saved && outbox === box && finished());
    },
  };
}

/** The SCO ended its session by itself: say so, and offer what comes next. */
function finished() {
  const item = items.find(({ identifier }) => identifier === current);
  const actions = [["Leave", () => leave("ended")]];
  if (valid.continue) actions.unshift(["Next", () => navigate({ kind: "continue", item: current })]);
  showNotice("finished", `“${item.title}” is saved as ${spokenStatus(item.status)}.`, actions);
  say(notice.textContent);
}

function play(opened) {
  remember(settings.scope, player);
  current = opened.item.identifier;
  items = opened.outline;
  outbox = new Outbox({
    url: `${settings.base}/commits`,
    scope: settings.scope,
    session: opened.session,
    appends: (name) => Boolean(table.byName.get(name)?.append),
    told,
  });
  const speaks = opened.item.kind === "sco";
  window.API = speaks ? createApi(table, opened.values, hooksOf(outbox)) : undefined;
  showOutline(list, items, current);
  body.toggleAttribute("data-single", items.filter(({ launchable }) => launchable).length < 2);
  body.dataset.session = "active";
  valid = opened.navigation;
  showLesson(lessonBar, opened.lesson);
  showNotice("none");
  frame.title = opened.item.title || opened.item.identifier;
  // replace() leaves no entry in the history: the browser's Back leaves the player, not the SCO.
  frame.contentWindow.location.replace(opened.item.url);
  setBusy(false);
  say(`Now showing ${frame.title}`);
}

/** Take the SCO away; it may finish its session while it unloads. */
function unload() {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, UNLOAD_PATIENCE);
    frame.addEventListener(
      "load",
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
    frame.contentWindow.location.replace("about:blank");
  });
}

async function open(navigation, options = {}) {
  return post(`${settings.base}/sessions`, { player, navigation, ...options });
}

async function navigate(navigation) {
  if (busy) return;
  setBusy(true);
  await unload();
  if (!(await outbox.flush())) return;
  try {
    play(await keepTrying(() => open(navigation)));
  } catch (error) {
    failed(error);
  }
}

/** End the session and go back to where the learner came from. */
async function leave(state) {
  if (leaving) return;
  leaving = true;
  setBusy(true);
  if (body.dataset.session === "active") {
    await unload();
    showNotice("leaving", "Saving your progress…");
    if (!(await outbox.flush())) return;
    outbox.stop();
    await post(`${settings.base}/exit`, { player }).catch(() => undefined);
  }
  body.dataset.session = state;
  goBack();
}

/** Wait for the network, not for a refusal. */
async function keepTrying(ask) {
  for (let pause = 1_000; ; pause = Math.min(pause * 2, 15_000)) {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof Refused && error.status < 500) throw error;
      told.state("offline");
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

function failed(error) {
  if (error instanceof Refused) told.stopped(error);
  else throw error;
}

// Starting: one player for each attempt.

/** Hold the name of this attempt within this browser; null where another tab has it. */
function hold(options) {
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(`lyceum:${settings.scope}`, options, (lock) => {
        resolve(lock);
        return lock && new Promise(() => undefined);
      })
      .catch((error) => {
        reject(error);
        outbox?.stop();
        told.stopped(new Refused(409, { errors: [{ code: "session_ended" }] }));
      });
  });
}

/** Ask whether to go on here; resolves when the learner says so or `freed` does. */
function ask(text, freed) {
  body.dataset.session = "suspended";
  dialog.querySelector("p").textContent = text;
  if (!dialog.open) dialog.showModal();
  return new Promise((resolve) => {
    dialog.querySelector("[value=here]").onclick = () => resolve("here");
    dialog.querySelector("[value=back]").onclick = goBack;
    freed.then(() => resolve("freed"), () => undefined);
  }).finally(() => dialog.close());
}

async function holdInThisBrowser() {
  if (!navigator.locks || (await hold({ ifAvailable: true }))) return false;
  const freed = hold({});
  const choice = await ask("This course is open in another tab of this browser.", freed);
  if (choice === "here") await hold({ steal: true });
  return choice === "here";
}

/** Open the attempt; while another device holds it, wait until it gives up or the learner insists. */
async function start(takeover) {
  const replaces = navigator.locks ? remembered(settings.scope) : null;
  for (;;) {
    try {
      return await open({ kind: "resume" }, { takeover, replaces });
    } catch (error) {
      if (error.code !== "attempt_in_use") throw error;
      const pause = 1000 * error.meta.retry_after + 200;
      const choice = await ask(
        "This course is still open in another window or on another device. It continues here by itself as soon as that one is gone.",
        new Promise((resolve) => setTimeout(resolve, pause)),
      );
      takeover = choice === "here";
    }
  }
}

async function main() {
  table = new Table(await keepTrying(() => fetch(settings.table).then((answer) => answer.json())));
  const takeover = await holdInThisBrowser();
  while (!(await replay(`${settings.base}/commits`, settings.scope))) {
    told.state("offline");
    await new Promise((resolve) => setTimeout(resolve, 2_000));
  }
  play(await keepTrying(() => start(takeover)));
}

// The page's own events.

list.addEventListener("click", (event) => {
  const entry = event.target.closest("[data-item]");
  if (!entry || entry.getAttribute("aria-disabled") === "true") return;
  body.removeAttribute("data-contents");
  navigate({ kind: "choice", item: entry.dataset.item });
});

for (const button of buttons) {
  button.addEventListener("click", () => {
    if (button.getAttribute("aria-disabled") === "true") return;
    const request = button.dataset.nav;
    if (request === "continue" || request === "previous") navigate({ kind: request, item: current });
    else leave(request === "suspendAll" ? "suspended" : "ended");
  });
}

const contents = document.getElementById("contents-toggle");
contents.addEventListener("click", () => {
  const open = body.toggleAttribute("data-contents");
  contents.setAttribute("aria-expanded", String(open));
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !body.hasAttribute("data-contents")) return;
  body.removeAttribute("data-contents");
  contents.setAttribute("aria-expanded", "false");
  contents.focus();
});

addEventListener("pagehide", () => outbox?.leave());
addEventListener("pageshow", (event) => event.persisted && location.reload());
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") outbox?.commit();
});
addEventListener("online", () => outbox?.retry());
setInterval(() => body.dataset.session === "active" && outbox?.renew(), (1000 * settings.lease) / 3);

main().catch(failed);
