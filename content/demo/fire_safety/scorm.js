/* The SCORM 1.2 run-time as this course uses it. Without an LMS everything is a harmless no-op. */

const DEEPEST = 10;

function findIn(start) {
  for (let here = start, depth = 0; here && depth < DEEPEST; depth += 1) {
    try {
      if (here.API) return here.API;
    } catch {
      return null;
    }
    if (here.parent === here) return null;
    here = here.parent;
  }
  return null;
}

const api = findIn(window) ?? (window.opener ? findIn(window.opener) : null);
const startedAt = Date.now();
let open = false;

export const connected = () => open;

export function start() {
  open = api !== null && String(api.LMSInitialize("")) === "true";
  return open;
}

export const get = (element) => (open ? String(api.LMSGetValue(element)) : "");

export const set = (element, value) => open && String(api.LMSSetValue(element, String(value))) === "true";

export const commit = () => open && String(api.LMSCommit("")) === "true";

export function finish() {
  if (!open) return;
  set("cmi.core.session_time", timespan(Date.now() - startedAt));
  api.LMSFinish("");
  open = false;
}

/* CMITimespan: HHHH:MM:SS.SS */
export function timespan(milliseconds) {
  const two = (number) => String(number).padStart(2, "0");
  const hundredths = Math.floor(milliseconds / 10);
  const seconds = Math.floor(hundredths / 100);
  const hours = String(Math.floor(seconds / 3600)).padStart(4, "0");
  return `${hours}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}.${two(hundredths % 100)}`;
}

/* CMITime: HH:MM:SS */
export const clock = () => new Date().toTimeString().slice(0, 8);
