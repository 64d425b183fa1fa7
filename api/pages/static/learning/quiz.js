// Keeps answers as they are given, moves items without a reload, and tells the time that is left.

const form = document.getElementById("paper");
const kept = document.getElementById("kept");
const timer = document.getElementById("timer");
const AFTER_MS = 1500;
const TOLD_MINUTES = [30, 10, 5, 2, 1];

let waiting = 0;
let handingIn = false;

async function keep() {
  waiting = 0;
  const fields = new FormData(form);
  fields.set("do", "keep");
  try {
    const answer = await fetch(form.action, { method: "POST", body: fields });
    kept.textContent = answer.ok
      ? "Your answers are kept."
      : "Not every answer could be kept; it is told which when you go on.";
  } catch {
    kept.textContent = "No connection: your answers are not kept yet.";
    later();
  }
}

function later() {
  clearTimeout(waiting);
  waiting = setTimeout(keep, AFTER_MS);
}

// Rows change places, and the focus stays with the one that was moved.
function move(button) {
  const row = button.closest("li");
  const up = button.value.endsWith(":up");
  const other = up ? row.previousElementSibling : row.nextElementSibling;
  if (!other) return;
  if (up) other.before(row);
  else other.after(row);
  const rows = [...row.parentElement.children];
  rows.forEach((each, place) => {
    const [first, last] = each.querySelectorAll("button");
    first.disabled = place === 0;
    last.disabled = place === rows.length - 1;
  });
  const [raise, lower] = row.querySelectorAll("button");
  const same = up ? raise : lower;
  (same.disabled ? (up ? lower : raise) : same).focus();
  row.closest(".question").querySelector("[name$='.sure']").checked = true;
  const words = row.querySelector(".text").textContent.trim();
  kept.textContent = `${words}: place ${rows.indexOf(row) + 1} of ${rows.length}.`;
  later();
}

if (form) {
  form.addEventListener("input", later);
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[value^='move:']");
    if (!button) return;
    event.preventDefault();
    move(button);
  });
  form.addEventListener("submit", () => { handingIn = true; clearTimeout(waiting); });
  addEventListener("beforeunload", (event) => {
    if (waiting && !handingIn) event.preventDefault();
  });
}

function left(seconds) {
  const minutes = Math.floor(seconds / 60);
  return `${minutes}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
}

// The clock of the server counts: the page says what it showed when it was made.
if (timer) {
  const deadline = Date.parse(timer.dataset.deadline);
  const skew = timer.dataset.now ? Date.parse(timer.dataset.now) - Date.now() : 0;
  const shown = timer.querySelector("b");
  timer.querySelector("span").textContent = "Time left";
  let told = null;
  const tick = () => {
    const seconds = Math.max(0, (deadline - Date.now() - skew) / 1000);
    shown.textContent = left(seconds);
    timer.classList.toggle("little", seconds < 120);
    const mark = TOLD_MINUTES.findLast((each) => seconds <= each * 60);
    if (told === null) told = mark ?? Infinity;
    if (mark < told) {
      kept.textContent = `${mark} ${mark === 1 ? "minute" : "minutes"} left.`;
      told = mark;
    }
    if (seconds > 0) setTimeout(tick, 500);
    else over();
  };
  tick();
}

// What is kept counts: the page of the attempt hands it in and shows the result.
async function over() {
  handingIn = true;
  if (form) await keep();
  location.assign(form ? form.action : document.querySelector("form.actions").action.replace(/\/submit$/, ""));
}
