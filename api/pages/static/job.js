// Follows a job: the bar moves while it goes on, and the page is loaded again when it is over.

const followed = document.querySelector("[data-following]");
const bar = followed.querySelector("progress");
const percent = followed.querySelector("b");
const told = followed.querySelector("[role=status]");
const OVER = ["done", "failed", "cancelled"];

async function look() {
  const answer = await fetch(`/api/v1/jobs/${followed.dataset.following}`);
  if (!answer.ok) return;
  const said = (await answer.json()).data.attributes;
  if (OVER.includes(said.state)) {
    location.replace(location.pathname);
    return;
  }
  bar.value = said.progress;
  percent.textContent = `${said.progress} %`;
  if (said.total) told.textContent = `${said.done.toLocaleString("en")} of ${said.total.toLocaleString("en")}.`;
  setTimeout(look, 1000);
}

look();
