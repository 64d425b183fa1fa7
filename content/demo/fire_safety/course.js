/* Pages forward and back, the bookmark, and what the learner has done so far. */

import * as quiz from "./quiz.js";
import * as scorm from "./scorm.js";

const pages = [...document.querySelectorAll("[data-page]")];
const names = pages.map((page) => page.dataset.page);
const form = document.querySelector("form");
const buttons = {
  back: document.querySelector("[data-go=back]"),
  next: document.querySelector("[data-go=next]"),
};
const bar = document.querySelector("[role=progressbar]");
const steps = document.querySelector("[data-steps]");
const notice = document.querySelector("[data-notice]");

let state = { seen: [], answers: {}, submitted: false };
let current = 0;
let quizShownAt = Date.now();

function resume() {
  if (!scorm.start()) notice.hidden = false;
  const status = scorm.get("cmi.core.lesson_status");
  if (status === "not attempted" || status === "") scorm.set("cmi.core.lesson_status", "incomplete");
  try {
    state = { ...state, ...JSON.parse(scorm.get("cmi.suspend_data") || "{}") };
  } catch {
    scorm.set("cmi.suspend_data", "");
  }
  for (const [name, value] of Object.entries(state.answers)) {
    const option = form.querySelector(`[name="${CSS.escape(name)}"][value="${CSS.escape(value)}"]`);
    if (option) option.checked = true;
  }
  const name = scorm.get("cmi.core.student_name");
  const greeting = document.querySelector("[data-greeting]");
  const given = name.includes(",") ? name.split(",")[1].trim() : name;
  if (given) greeting.textContent = `Hello ${given}. `;
  if (state.submitted) mark();
  const bookmark = names.indexOf(scorm.get("cmi.core.lesson_location"));
  show(Math.max(0, bookmark), { focus: false });
}

function save() {
  scorm.set("cmi.core.lesson_location", names[current]);
  scorm.set("cmi.suspend_data", JSON.stringify(state));
  scorm.set("cmi.core.exit", state.submitted ? "" : "suspend");
  scorm.commit();
}

function show(index, { focus = true } = {}) {
  current = index;
  if (!state.seen.includes(names[index])) state.seen.push(names[index]);
  pages.forEach((page, n) => {
    page.hidden = n !== index;
  });
  const isQuiz = names[index] === "quiz";
  const isResult = names[index] === "result";
  if (isQuiz) quizShownAt = Date.now();
  buttons.back.disabled = index === 0;
  buttons.next.hidden = isResult;
  buttons.next.textContent = isQuiz && !state.submitted ? "Check my answers" : "Next";
  const percent = Math.round((100 * index) / (pages.length - 1));
  bar.setAttribute("aria-valuenow", String(percent));
  bar.style.setProperty("--done", `${percent}%`);
  steps.textContent = `${index + 1} of ${pages.length}`;
  window.scrollTo(0, 0);
  if (focus) pages[index].querySelector("h2").focus();
  save();
}

function next() {
  if (names[current] !== "quiz" || state.submitted) return show(Math.min(current + 1, pages.length - 1));
  const answers = quiz.chosen(form);
  const missing = quiz.unanswered(answers);
  const message = form.querySelector("[role=alert]");
  if (missing.length > 0) {
    message.textContent = "Please answer every question first.";
    return form.querySelector(`[name="${missing[0]}"]`).focus();
  }
  message.textContent = "";
  state = { ...state, answers, submitted: true };
  quiz.report(answers, Date.now() - quizShownAt);
  const passed = quiz.scoreOf(answers) >= quiz.PASS_MARK;
  scorm.set("cmi.core.lesson_status", passed ? "passed" : "failed");
  mark();
  return show(current + 1);
}

function mark() {
  const score = quiz.scoreOf(state.answers);
  const passed = score >= quiz.PASS_MARK;
  document.querySelector("[data-score]").textContent = `${score} %`;
  document.querySelector("[data-verdict]").textContent = passed
    ? "Well done: you have passed."
    : "Not quite yet. Look at the pages again, and try once more.";
  document.querySelector("[data-detail]").textContent =
    `${quiz.rightCount(state.answers)} of ${quiz.questionCount} answers are right.`;
  document.querySelector("[data-result]").dataset.result = passed ? "passed" : "failed";
  document.querySelector("[data-go=again]").hidden = passed;
  for (const option of form.querySelectorAll("input")) {
    option.disabled = true;
    const right = quiz.isRight(option.name, option.value);
    if (option.checked || right) option.closest("label").dataset.mark = right ? "right" : "wrong";
  }
}

function again() {
  state = { ...state, answers: {}, submitted: false };
  form.reset();
  for (const option of form.querySelectorAll("input")) {
    option.disabled = false;
    delete option.closest("label").dataset.mark;
  }
  show(names.indexOf("quiz"));
}

form.addEventListener("change", () => {
  form.querySelector("[role=alert]").textContent = "";
  state.answers = quiz.chosen(form);
  save();
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  next();
});
buttons.back.addEventListener("click", () => show(Math.max(0, current - 1)));
buttons.next.addEventListener("click", next);
document.querySelector("[data-go=again]").addEventListener("click", again);
document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.target.matches("input")) return;
  if (event.key === "ArrowRight" && !buttons.next.hidden) next();
  if (event.key === "ArrowLeft" && !buttons.back.disabled) show(current - 1);
});
window.addEventListener("pagehide", () => {
  save();
  scorm.finish();
});

resume();
