// The player: one SCO at a time in a frame, the API on this window, navigation around it.

import { Outbox, Refused, post, remember, remembered, replay } from "./commits.js";
import { showChoices, showLesson, showNavigation, showOutline, showStatus, spokenStatus } from "./outline.js";
import { standardOf } from "./standards.js";
import { Clock, TIME_IS_UP } from "./timelimit.js";
import { showTrace } from "./trace.js";

const UNLOAD_PATIENCE = 10_000;
const ENDING = ["exit", "exitAll", "suspendAll", "abandon", "abandonAll"];

const settings = JSON.parse(document.getElementById("settings").textContent);
const player = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
const body = document.body;
const frame = document.querySelector("iframe[data-sco]");
const list = document.getElementById("outline");
const buttons = [...document.querySelectorAll("[data-nav]")];
const lessonBar = document.getElementById("lesson");
const notice = document.getElementById("notice");
const dialog = document.getElementById("question");
const tracePanel = document.getElementById("trace");
const announcer = document.getElementById("announcer");

let standard;
let outbox = null;
let items = [];
let current = null;
let valid = {};
let hidden = [];
let visible = null;
let choosable = null;
let busy = true;
let leaving = false;
let farewell = "";

const say = (text) => {
  announcer.textContent = text;
};

function setBusy(value) {
  busy = value;
  body.toggleAttribute("data-busy", value);
  showNavigation(buttons, value ? whileBusy() : valid, hidden);
  showChoices(list, choosable, value);
}

/** SCORM 1.2 may always be left; sequencing has to have decided first. */
const whileBusy = () => (settings.sequenced ? {} : { exit: valid.exit });

/** Take in what may be asked for now: controls, entries, and what the SCO is told of them. */
function allow(answer) {
  valid = answer.navigation;
  if (answer.valid) {
    hidden = answer.hidden;
    visible = new Set(answer.visible);
    choosable = new Set(answer.valid.choice);
    standard.update(answer.valid);
  }
}

/** The items that the learner sees; sequencing makes every one of them something to click. */
function shownItems() {
  if (!visible) return items.map((item) => ({ ...item, selectable: item.launchable }));
  return items
    .filter(({ identifier }) => visible.has(identifier))
    .map((item) => ({ ...item, selectable: true }));
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
  answer(answer) {
    for (const item of answer.items ?? []) {
      showStatus(list, item);
      const known = items.find(({ identifier }) => identifier === item.identifier);
      if (known) known.status = item.status;
    }
    if (answer.lesson) showLesson(lessonBar, answer.lesson);
    if (answer.moved) return moved(answer.state);
    if (!Object.keys(answer.navigation ?? {}).length) return;
    allow(answer);
    showOutline(list, shownItems(), current);
    if (!busy) setBusy(false);
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
    window[standard?.name] = undefined;
    frame.src = "about:blank";
    valid = { exit: true };
    setBusy(true);
    const gone = refused.code === "session_ended";
    showNotice(
      "ended",
      gone
        ? "This course was opened in another window, which has taken over from here."
        : refused.code === "attempt_over"
          ? refused.message
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
      if (!busy) box.mark("proceed");
      box.commit();
      if (!busy) box.flush().then((saved) => saved && outbox === box && !busy && finished());
    },
  };
}

/** The SCO ended its session by itself: say so, and offer what comes next. */
function finished() {
  const item = items.find(({ identifier }) => identifier === current);
  const actions = [["Leave", () => (settings.sequenced ? navigate({ kind: "suspendAll" }) : leave("ended"))]];
  if (valid.continue) actions.unshift(["Next", () => navigate({ kind: "continue", item: current })]);
  showNotice("finished", `“${item.title}” is saved as ${spokenStatus(item.status)}.`, actions);
  say(notice.textContent);
}

/** What the SCO asked for as it ended has been carried out by the server. */
async function moved(state) {
  if (outbox) outbox.moved = true;
  if (busy) return;
  setBusy(true);
  await unload();
  await follow(() => (state === "active" ? open({ kind: "resume" }) : { session: null, state }));
}

/** The item's time is up: say so where that is wished, and take it away where it has to go. */
const clock = new Clock(({ exits, message }) => {
  farewell = message && exits ? TIME_IS_UP : "";
  if (message) say(TIME_IS_UP);
  if (exits) navigate({ kind: "exit", item: current });
  else showNotice("time", TIME_IS_UP, [["Close", () => clearNotice("time")]]);
});

/** Show what came of a request. */
async function follow(ask) {
  clock.stop();
  outbox?.stop();
  try {
    play(await keepTrying(ask));
  } catch (error) {
    failed(error);
  }
}

function play(opened) {
  remember(settings.scope, player);
  window[standard.name] = undefined;
  outbox = null;
  if (opened.outline) items = opened.outline;
  if (opened.lesson) showLesson(lessonBar, opened.lesson);
  if (opened.navigation) allow(opened);
  current = opened.item?.identifier ?? null;
  frame.dataset.sco = current ?? "";
  if (opened.session) begin(opened);
  else if (opened.state === "active") pause(opened.problem);
  else over(opened.state);
  trace();
}

/** With #trace in the address: show how sequencing decided. */
function trace() {
  if (!tracePanel) return;
  tracePanel.hidden = location.hash !== "#trace";
  if (!tracePanel.hidden) showTrace(tracePanel, `${settings.base}/trace`);
}

function begin(opened) {
  outbox = new Outbox({
    url: `${settings.base}/commits`,
    scope: settings.scope,
    session: opened.session,
    appends: (name) => standard.appends(name),
    told,
  });
  if (opened.item.kind === "sco") window[standard.name] = standard.api(opened, hooksOf(outbox));
  showOutline(list, shownItems(), current);
  body.toggleAttribute("data-single", items.filter(({ launchable }) => launchable).length < 2);
  body.dataset.session = "active";
  showNotice("none");
  frame.title = opened.item.title || opened.item.identifier;
  // replace() leaves no entry in the history: the browser's Back leaves the player, not the SCO.
  frame.contentWindow.location.replace(opened.item.url);
  setBusy(false);
  farewell = "";
  clock.start(opened.time);
  say(`Now showing ${frame.title}`);
}

/** Nothing was launched, and the course goes on: the learner has to say where. */
function pause(problem) {
  showOutline(list, shownItems(), null);
  body.dataset.session = "active";
  frame.title = "Nothing is open";
  showNotice("paused", [problem ?? farewell, "Choose where to go on."].filter(Boolean).join(" "), [["Leave", goBack]]);
  setBusy(false);
  say(notice.textContent);
}

/** The course was left by its own rules or the learner's wish. */
function over(state) {
  showOutline(list, shownItems(), null);
  body.dataset.session = state;
  valid = {};
  choosable = new Set();
  setBusy(false);
  const suspended = state === "suspended";
  showNotice(
    "over",
    `${farewell} ` + (suspended ? "Your progress is saved. You can go on at any time." : "This session has ended. Your progress is saved."),
    [["Leave", goBack], [suspended ? "Go on" : "Start again", () => location.reload()]],
  );
  notice.querySelector("button").focus();
  say(notice.textContent);
}

/** Whether the frame has let go of what it showed. Content of another origin may not be asked. */
function isBlank() {
  try {
    return frame.contentWindow.location.href === "about:blank";
  } catch {
    return false;
  }
}

/** Take the SCO away; it may finish its session while it unloads. */
function unload() {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      frame.removeEventListener("load", gone);
      resolve();
    };
    // The SCO's own load event may still come: only a blank frame has seen the SCO unload.
    const gone = () => isBlank() && done();
    const timer = setTimeout(done, UNLOAD_PATIENCE);
    frame.addEventListener("load", gone);
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
  if (outbox && !(await outbox.flush())) return;
  const overtaken = outbox?.moved && !ENDING.includes(navigation.kind);
  await follow(() => open(overtaken ? { kind: "resume" } : navigation));
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
  const table = await keepTrying(() => fetch(settings.table).then((answer) => answer.json()));
  standard = standardOf(settings.sequenced, table);
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
    const moves = request === "continue" || request === "previous";
    if (moves || settings.sequenced) navigate({ kind: request, item: moves ? current : null });
    else leave("ended");
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
addEventListener("hashchange", trace);
addEventListener("online", () => outbox?.retry());
setInterval(() => body.dataset.session === "active" && !busy && outbox?.renew(), (1000 * settings.lease) / 3);

main().catch(failed);
