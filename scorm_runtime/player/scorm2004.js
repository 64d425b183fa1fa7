// window.API_1484_11: the SCORM 2004 API instance (RTE 4, section 3.1) over a data model.

/** Content passes numbers, null and undefined; the standard knows strings only. */
const asText = (value) => (value === undefined || value === null ? "" : String(value).toWellFormed());

/**
 * The API object of one SCO's session. `hooks` are told what happened, after it did:
 * initialize(), set(element, value), commit(), finish().
 */
export function createApi(model, hooks) {
  let state = "not initialized";
  let error = "0";

  const messageOf = (code) =>
    Object.hasOwn(model.table.messages, code) ? model.table.messages[code] : "";
  const answer = (code) => {
    error = code;
    return String(code === "0");
  };
  const refuses = (argument, before, after) => {
    if (state !== "running") return state === "not initialized" ? before : after;
    return argument === "" ? "0" : "201";
  };

  return {
    Initialize(argument) {
      if (asText(argument) !== "") return answer("201");
      if (state !== "not initialized") return answer(state === "running" ? "103" : "104");
      state = "running";
      hooks.initialize();
      return answer("0");
    },
    Terminate(argument) {
      const fault = refuses(asText(argument), "112", "113");
      if (fault === "0") {
        state = "terminated";
        hooks.finish();
      }
      return answer(fault);
    },
    GetValue(element) {
      const fault = refuses("", "122", "123");
      const [value, found] = fault === "0" ? model.get(asText(element)) : ["", fault];
      answer(found);
      return value;
    },
    SetValue(element, value) {
      const [name, text] = [asText(element), asText(value)];
      let fault = refuses("", "132", "133");
      if (fault === "0") fault = model.set(name, text);
      if (fault === "0") hooks.set(name, text);
      return answer(fault);
    },
    Commit(argument) {
      const fault = refuses(asText(argument), "142", "143");
      if (fault === "0") hooks.commit();
      return answer(fault);
    },
    GetLastError: () => error,
    GetErrorString: (code) => messageOf(asText(code)),
    GetDiagnostic: (code) => messageOf(asText(code) || error),
  };
}
