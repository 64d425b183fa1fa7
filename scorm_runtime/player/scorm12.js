// window.API: the SCORM 1.2 API instance (RTE 1.2, section 3.3) over a data model.

import { DataModel } from "./cmi.js";

/** Content passes numbers, null and undefined; the standard knows strings only. */
const asText = (value) => (value === undefined || value === null ? "" : String(value).toWellFormed());

/**
 * The API object of one SCO's session. `hooks` are told what happened, after it did:
 * initialize(), set(element, value) when the element changed, commit(), finish().
 */
export function createApi(table, values, hooks) {
  const model = new DataModel(table, values);
  let state = "new";
  let error = "0";
  let diagnostic = "";

  const messageOf = (code) => (Object.hasOwn(table.messages, code) ? table.messages[code] : "");
  const answer = (condition, about = "") => {
    error = table.conditions[condition];
    diagnostic = condition === "none" ? "" : `${table.messages[error]}${about ? `: ${about}` : ""}`;
    return condition === "none" ? "true" : "false";
  };
  const refuses = (argument) => {
    if (asText(argument) !== "") return "argument";
    return state === "running" ? "none" : "not_initialized";
  };

  return {
    LMSInitialize(argument) {
      if (asText(argument) !== "") return answer("argument");
      if (state !== "new") return answer("general", `the session is ${state}`);
      state = "running";
      hooks.initialize();
      return answer("none");
    },
    LMSFinish(argument) {
      const refusal = refuses(argument);
      if (refusal === "none") {
        state = "finished";
        hooks.finish();
      }
      return answer(refusal);
    },
    LMSGetValue(element) {
      if (state !== "running") {
        answer("not_initialized");
        return "";
      }
      const name = asText(element);
      const [value, condition] = model.get(name);
      answer(condition, name);
      return value;
    },
    LMSSetValue(element, value) {
      if (state !== "running") return answer("not_initialized");
      const name = asText(element);
      const text = asText(value);
      const before = model.values.get(name);
      const condition = model.set(name, text);
      if (condition === "none" && model.values.get(name) !== before) hooks.set(name, text);
      return answer(condition, name);
    },
    LMSCommit(argument) {
      const refusal = refuses(argument);
      if (refusal === "none") hooks.commit();
      return answer(refusal);
    },
    LMSGetLastError: () => error,
    LMSGetErrorString: (code) => messageOf(asText(code)),
    LMSGetDiagnostic: (code) => {
      const asked = asText(code);
      return asked === "" || asked === error ? diagnostic : messageOf(asked);
    },
  };
}
