// What the two standards ask of the player: a table, an API object, and the name it is found by.

import { Table as Table12 } from "./cmi.js";
import { DataModel as Model2004, Table as Table2004 } from "./cmi2004.js";
import { createApi as createApi12 } from "./scorm12.js";
import { createApi as createApi2004 } from "./scorm2004.js";

class Scorm12 {
  name = "API";

  constructor(data) {
    this.table = new Table12(data);
  }

  api({ values }, hooks) {
    return createApi12(this.table, values, hooks);
  }

  appends(name) {
    return Boolean(this.table.byName.get(name)?.append);
  }

  /** SCORM 1.2 has no element that says what may be asked for. */
  update() {}
}

class Scorm2004 {
  name = "API_1484_11";

  constructor(data) {
    this.table = new Table2004(data);
  }

  api({ values, access, valid }, hooks) {
    this.model = new Model2004(this.table, values, access);
    this.update(valid);
    return createApi2004(this.model, hooks);
  }

  appends() {
    return false;
  }

  /** What the SCO may ask for now. */
  update(valid) {
    if (valid) this.model?.setValid(valid);
  }
}

/** The standard that a package is written to, over its table. */
export const standardOf = (sequenced, data) => new (sequenced ? Scorm2004 : Scorm12)(data);
