// The player: one SCO at a time on its stage, the API on this window, navigation around it.

import { Outbox, Refused, post, remember, remembered, replay } from "./commits.js";
import { connectContents, connectFullScreen, listenToKeys, whyNot } from "./controls.js";
import { Course } from "./course.js";
import { Notices, Question } from "./notices.js";
import { spokenStatus } from "./outline.js";
import { stageOf } from "./stage.js";
import { standardOf } from "./standards.js";
import { Tenure, openWhenFree } from "./tenure.js";
import { Clock, TIME_IS_UP } from "./timelimit.js";
import { showTrace } from "./trace.js";

const ENDING = ["exit", "exitAll", "suspendAll", "abandon", "abandonAll"];
const LONGEST_TIMER = 2 ** 31 - 1;

const byId = (id) => document.getElementById(id);
const settings = JSON.parse(byId("settings").textContent);
const player = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
const body = document.body;
const frame = document.querySelector("iframe[data-sco]");
const list = byId("outline");
const buttons = [...document.querySelectorAll("[data-nav]")];
const tracePanel = byId("trace");
const notices = new Notices(byId("notice"), byId("announcer"));
const question = new Question(byId("question"));
const contents = connectContents(body, byId("contents-toggle"), byId("contents"));
const stage = stageOf(settings.display, {
  frame,
  place: byId("elsewhere"),
  name: `lyceum-${settings.scope}`,
  told: { blocked: windowBlocked, closed: windowClosed },
});

const tenure = new Tenure({ scope: settings.scope, ask, lost });
const course = new Course({ body, list, buttons, bar: byId("lesson"), sequenced: settings.sequenced });

let standard;
let outbox = null;
let leaving = false;
let farewell = "";

const goBack = () => location.assign(settings.returnUrl);

// What the outbox tells us.

const told = {
  answer(answer) {
    course.update(answer);
    if (answer.moved) return moved(answer.state);
    if (Object.keys(answer.navigation ?? {}).length) allow(answer);
  },
  state(state) {
    body.dataset.saving = state;
    if (state !== "offline") return notices.clear("offline");
    const kept = "your progress is kept here and sent as soon as it is back.";
    if (leaving) notices.show("offline", `The connection is lost; ${kept}`, [["Leave now", goBack]]);
    else notices.show("offline", `The connection is lost. Go on: ${kept}`);
  },
  stopped(refused) {
    clock.stop();
    tenure.end();
    body.dataset.session = "ended";
    window[standard?.name] = undefined;
    course.current = null;
    frame.dataset.sco = "";
    stage.close();
    course.setBusy(true);
    course.forbid({ exit: true });
    notices.show("ended", whyStopped(refused), waysOn(refused));
    notices.focus();
  },
};

function whyStopped(refused) {
  if (refused.code === "attempt_over") return refused.message;
  if (refused.code === "session_ended") {
    return "This session has ended: the course was opened in another window, which has taken over.";
  }
  if (refused.status === 401) {
    return (
      "Your sign-in to this course has expired. What you did is saved, or kept here and sent when " +
      "you start the course again."
    );
  }
  return `Your progress could not be saved: ${refused.message}`;
}

function waysOn(refused) {
  if (refused.code === "session_ended") return [["Continue here", () => location.reload()], ["Leave", goBack]];
  return [[refused.status === 401 ? "Start again" : "Leave", goBack]];
}

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
      if (!course.busy) box.mark("proceed");
      box.commit();
      if (!course.busy) box.flush().then((saved) => saved && outbox === box && !course.busy && finished());
    },
  };
}

const leaveNow = ["Leave", () => (settings.sequenced ? navigate({ kind: "suspendAll" }) : leave("ended"))];
const nextOne = ["Next", () => navigate({ kind: "continue", item: course.current })];

/** The SCO ended its session by itself: say so, and offer what comes next. */
function finished() {
  const { item } = course;
  const ways = course.allows("continue") ? [nextOne, leaveNow] : [leaveNow];
  notices.show("finished", `“${item.title}” is saved as ${spokenStatus(item.status)}.`, ways);
}

/** The browser opens windows only for a click. */
function windowBlocked() {
  notices.show("blocked", "This part opens in a window of its own, and your browser did not let it.", [
    ["Open the window", () => {
      notices.show("none");
      stage.front();
    }],
  ]);
  notices.focus();
}

/** The learner closed the window: what its SCO said while it went is saved. */
async function windowClosed() {
  const box = outbox;
  if (course.busy || !(await box?.flush()) || box !== outbox || course.busy) return;
  const ways = [["Open it again", () => navigate({ kind: "resume" })], leaveNow];
  if (course.allows("continue")) ways.unshift(nextOne);
  notices.show("closed", `The window of “${course.item.title}” is closed, and your progress is saved.`, ways);
}

/** What the SCO asked for as it ended has been carried out by the server. */
async function moved(state) {
  if (outbox) outbox.moved = true;
  if (course.busy) return;
  course.setBusy(true);
  await stage.clear();
  await follow(() => (state === "active" ? open({ kind: "resume" }) : { session: null, state }));
}

/** The item's time is up: say so where that is wished, and take it away where it has to go. */
const clock = new Clock(({ exits, message }) => {
  farewell = message && exits ? TIME_IS_UP : "";
  if (message) notices.say(TIME_IS_UP);
  if (exits) navigate({ kind: "exit", item: course.current });
  else notices.show("time", TIME_IS_UP, [["Close", () => notices.clear("time")]]);
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
  if (opened.outline) take(opened.outline);
  course.update({ lesson: opened.lesson });
  course.current = opened.item?.identifier ?? null;
  if (opened.navigation) allow(opened);
  frame.dataset.sco = course.current ?? "";
  if (opened.session) begin(opened);
  else if (opened.state === "active") pause(opened.problem);
  else over(opened.state);
  trace();
}

/** The first outline decides whether the table of contents is open; then the learner does. */
function take(outline) {
  const first = course.isEmpty;
  course.take(outline);
  if (first) contents.fit();
}

/** Take in what may be asked for now: controls, entries, and what the SCO is told of them. */
function allow(answer) {
  course.allow(answer);
  course.show();
  if (answer.valid) standard.update(answer.valid);
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
  body.dataset.session = "active";
  notices.show("none");
  course.setBusy(false);
  farewell = "";
  clock.start(opened.time);
  notices.say(`Now showing ${opened.item.title || opened.item.identifier}`);
  stage.show(opened.item);
}

/** Nothing was launched, and the course goes on: the learner has to say where. */
function pause(problem) {
  body.dataset.session = "active";
  frame.title = "Nothing is open";
  course.setBusy(false);
  const ways = [["Leave", goBack]];
  if (list.querySelector("[aria-disabled=false]")) ways.unshift(["Show the contents", contents.choose]);
  notices.show("paused", [problem ?? farewell, "Choose where to go on."].filter(Boolean).join(" "), ways);
  notices.focus();
}

/** The course was left by its own rules or the learner's wish. */
function over(state) {
  tenure.end();
  body.dataset.session = state;
  stage.close();
  course.setBusy(false);
  course.forbid();
  const suspended = state === "suspended";
  const kept = suspended
    ? "Your progress is saved. You can go on at any time."
    : "This session has ended. Your progress is saved.";
  notices.show("over", [farewell, kept].filter(Boolean).join(" "), [
    ["Leave", goBack],
    [suspended ? "Go on" : "Start again", () => location.reload()],
  ]);
  notices.focus();
}

async function open(navigation, options = {}) {
  return post(`${settings.base}/sessions`, { player, navigation, ...options });
}

async function navigate(navigation) {
  if (course.busy) return;
  course.setBusy(true);
  await stage.clear();
  if (outbox && !(await outbox.flush())) return;
  const overtaken = outbox?.moved && !ENDING.includes(navigation.kind);
  await follow(() => open(overtaken ? { kind: "resume" } : navigation));
}

/** End the session and go back to where the learner came from. */
async function leave(state) {
  if (leaving) return;
  leaving = true;
  course.setBusy(true);
  if (body.dataset.session === "active") {
    await stage.clear();
    notices.show("leaving", "Saving your progress…");
    if (!(await outbox.flush())) return;
    outbox.stop();
    await post(`${settings.base}/exit`, { player }).catch(() => undefined);
  }
  body.dataset.session = state;
  stage.close();
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

/** Ask whether to go on here; who does not, goes back. */
async function ask(text, freed) {
  body.dataset.session = "suspended";
  const answer = await question.ask(text, freed);
  if (answer !== "back") return answer;
  goBack();
  return new Promise(() => undefined);
}

function lost() {
  outbox?.stop();
  told.stopped(new Refused(409, { errors: [{ code: "session_ended" }] }));
}

async function main() {
  const table = await keepTrying(() => fetch(settings.table).then((answer) => answer.json()));
  standard = standardOf(settings.sequenced, table);
  const takeover = await tenure.begin();
  while (!(await replay(`${settings.base}/commits`, settings.scope))) {
    told.state("offline");
    await new Promise((resolve) => setTimeout(resolve, 2_000));
  }
  const replaces = Tenure.possible ? remembered(settings.scope) : null;
  const start = (options) => open({ kind: "resume" }, options);
  play(await keepTrying(() => openWhenFree(start, ask, { takeover, replaces })));
}

/** Commits are still taken for a while; only another part needs a new launch. */
function expired() {
  if (body.dataset.session !== "active") return;
  notices.show(
    "expired",
    "Your sign-in to this course has expired. What you do here is still saved; to open another " +
      "part, start the course again.",
    [["Start again", () => leave("ended")]],
  );
}

// The page's own events.

function refuses(control) {
  const reason = whyNot(control);
  if (reason === null) return false;
  if (!course.busy && !notices.shown) notices.show("why", reason);
  else notices.say(reason);
  return true;
}

list.addEventListener("click", (event) => {
  const entry = event.target.closest("[data-item]");
  if (!entry || refuses(entry)) return;
  contents.chosen();
  navigate({ kind: "choice", item: entry.dataset.item });
});

for (const button of buttons) {
  button.addEventListener("click", () => {
    if (refuses(button)) return;
    const request = button.dataset.nav;
    const moves = request === "continue" || request === "previous";
    if (moves || settings.sequenced) navigate({ kind: request, item: moves ? course.current : null });
    else leave("ended");
  });
}

connectFullScreen(byId("full-screen"));
listenToKeys();
byId("skip").addEventListener("click", (event) => {
  event.preventDefault();
  (settings.display === "window" ? byId("elsewhere").querySelector("button") : frame).focus();
});

addEventListener("pagehide", () => outbox?.leave());
addEventListener("pageshow", (event) => event.persisted && location.reload());
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") outbox?.commit();
});
addEventListener("hashchange", trace);
addEventListener("online", () => outbox?.retry());
setInterval(() => {
  if (body.dataset.session === "active" && !course.busy) outbox?.renew();
}, (1000 * settings.lease) / 3);
setTimeout(expired, Math.min(1000 * settings.expiresIn, LONGEST_TIMER));

main().catch(failed);
