// Shows how far a verification is; without a script a link looks again.

const EVERY_MS = 1000;

async function look() {
  const shown = document.getElementById("verified");
  if (!shown || !("running" in shown.dataset)) return;
  await new Promise((resume) => setTimeout(resume, EVERY_MS));
  const answer = await fetch(location.href).catch(() => null);
  const text = answer?.ok ? await answer.text() : "";
  const fresh = new DOMParser().parseFromString(text, "text/html").getElementById("verified");
  if (fresh) {
    shown.replaceWith(fresh);
    if (!("running" in fresh.dataset)) {
      document.querySelector("form[action='/ledger/verifications'] button").disabled = false;
    }
  }
  return look();
}

look();
