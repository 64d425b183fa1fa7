// Tells where the learner is in a film, and how long a lesson took; the page works without it.

const lesson = document.querySelector("[data-lesson][data-kind]");
const address = `/api/v1/lessons/${lesson.dataset.lesson}`;
const video = lesson.querySelector("video");
const session = crypto.randomUUID();
const EVERY_MS = 60_000;

let begun = document.hidden ? null : Date.now();
let before = null;
let shown = 0;

function send(path, body) {
  return fetch(`${address}/${path}`, {
    method: "POST",
    keepalive: true,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
}

// The server keeps the sum of all visits: what was spent before this one is asked for first.
async function spent() {
  if (begun !== null) {
    shown += (Date.now() - begun) / 1000;
    begun = document.hidden ? null : Date.now();
  }
  if (shown < 1) return;
  if (before === null) {
    const answer = await fetch(`${address}/progress`);
    if (!answer.ok) return;
    before = (await answer.json()).data.attributes.time_spent_seconds;
  }
  await send("progress", { time_spent_seconds: Math.round(before + shown) });
}

function tell(type, more = {}) {
  const length = video.duration;
  if (!Number.isFinite(length) || length <= 0) return;
  const time = Math.min(video.currentTime, length);
  const event = { type, time, length, session_id: session, occurred_at: new Date().toISOString() };
  send("events", { events: [{ ...event, ...more }] });
}

function segments() {
  const parts = [];
  for (let i = 0; i < video.played.length; i += 1) {
    parts.push(`${video.played.start(i).toFixed(2)}[.]${video.played.end(i).toFixed(2)}`);
  }
  return parts.join("[,]").slice(0, 10_000);
}

function share() {
  let seconds = 0;
  for (let i = 0; i < video.played.length; i += 1) {
    seconds += video.played.end(i) - video.played.start(i);
  }
  return Math.min(1, seconds / video.duration);
}

if (video) {
  const resume = document.getElementById("resume");
  const position = Number(lesson.dataset.position);
  resume?.addEventListener("click", () => {
    const go = () => {
      video.currentTime = (video.duration * position) / 100;
      video.play();
    };
    if (video.readyState > 0) go();
    else video.addEventListener("loadedmetadata", go, { once: true });
    video.focus();
  });
  let from = 0;
  video.addEventListener("timeupdate", () => { if (!video.seeking) from = video.currentTime; });
  video.addEventListener("seeked", () => {
    tell("seeked", { time_from: from, time_to: video.currentTime });
    from = video.currentTime;
  });
  video.addEventListener("play", () => tell("played"));
  video.addEventListener("pause", () => {
    tell("paused", { progress: share(), played_segments: segments() });
  });
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    if (video && !video.paused) tell("paused", { progress: share(), played_segments: segments() });
    spent();
  } else {
    begun = Date.now();
  }
});
setInterval(() => { if (!document.hidden) spent(); }, EVERY_MS);
