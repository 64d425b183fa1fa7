/* Three questions: which they are, how they are marked, and how they are reported. */

import { clock, get, set, timespan } from "./scorm.js";

export const PASS_MARK = 60;

const QUESTIONS = [
  { id: "first_thing", type: "choice", correct: "b" },
  { id: "electrical_fire", type: "choice", correct: "c" },
  { id: "lift", type: "true-false", correct: "f" },
];

export const chosen = (form) =>
  Object.fromEntries(QUESTIONS.map(({ id }) => [id, new FormData(form).get(id) ?? ""]));

export const unanswered = (answers) => QUESTIONS.filter(({ id }) => !answers[id]).map(({ id }) => id);

export const isRight = (id, answer) => QUESTIONS.some((each) => each.id === id && each.correct === answer);

export function scoreOf(answers) {
  const right = QUESTIONS.filter(({ id }) => isRight(id, answers[id])).length;
  return Math.round((100 * right) / QUESTIONS.length);
}

export const rightCount = (answers) => QUESTIONS.filter(({ id }) => isRight(id, answers[id])).length;

export const questionCount = QUESTIONS.length;

/* Each attempt at the quiz adds its interactions behind those that are there. */
export function report(answers, milliseconds) {
  const first = Number(get("cmi.interactions._count")) || 0;
  QUESTIONS.forEach((question, n) => {
    const element = `cmi.interactions.${first + n}`;
    set(`${element}.id`, question.id);
    set(`${element}.type`, question.type);
    set(`${element}.time`, clock());
    set(`${element}.correct_responses.0.pattern`, question.correct);
    set(`${element}.weighting`, 1);
    set(`${element}.student_response`, answers[question.id]);
    set(`${element}.result`, isRight(question.id, answers[question.id]) ? "correct" : "wrong");
    set(`${element}.latency`, timespan(milliseconds / QUESTIONS.length));
  });
  set("cmi.core.score.min", 0);
  set("cmi.core.score.max", 100);
  set("cmi.core.score.raw", scoreOf(answers));
}
