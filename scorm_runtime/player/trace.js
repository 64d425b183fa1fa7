// The debug panel: what sequencing was asked, and which of its processes decided what.

function text(name, content, className = "") {
  const made = document.createElement(name);
  made.textContent = content;
  if (className) made.className = className;
  return made;
}

function decision({ process, activity, outcome }) {
  const line = document.createElement("li");
  line.append(text("code", process), ` ${outcome}`, activity ? text("em", ` ${activity}`) : "");
  return line;
}

function move({ number, request, target, delivered, ended, exception, trace }) {
  const came = exception ?? (delivered ? `launches ${delivered}` : ended ? "ends the session" : "nothing to launch");
  const made = document.createElement("details");
  const asked = [request, target].filter(Boolean).join(" ");
  const decisions = document.createElement("ol");
  decisions.append(...(trace ?? []).map(decision));
  made.append(text("summary", `${number}. ${asked}: ${came}`), decisions);
  made.dataset.move = number;
  return made;
}

/** Show the moves of this attempt in the panel, the latest first and open. */
export async function showTrace(panel, url) {
  const answer = await fetch(url);
  if (!answer.ok) return;
  const { moves } = await answer.json();
  panel.replaceChildren(text("h2", "Sequencing"), ...moves.reverse().map(move));
  panel.querySelector("details")?.setAttribute("open", "");
}
