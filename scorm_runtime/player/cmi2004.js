// The SCORM 2004 data model of one SCO, fed from the same table as scorm_runtime/cmi/scorm2004_model.py.

import { Types } from "./types2004.js";

const INDEX = /^[0-9]{1,9}$/;
const TARGET = /^(adl\.nav\.request_valid\.(?:choice|jump))\.\{target=[^{}]+\}$/;
const KEYWORDS = ["_children", "_count", "_version"];
const VALID = "adl.nav.request_valid";

const beforeLast = (name) => name.slice(0, Math.max(0, name.lastIndexOf(".")));
const last = (name) => name.slice(name.lastIndexOf(".") + 1);
const codePoints = (text) => {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
};

/** Each collection that the name passes through, with the index that it takes there. */
function recordsOf(full, pattern) {
  const parts = full.split(".");
  return pattern
    .split(".")
    .flatMap((part, position) =>
      part === "n" ? [[parts.slice(0, position).join("."), Number(parts[position])]] : [],
    );
}

/** A name as a SCO gave it: its plain form, the table's pattern that it fits, its records. */
function parse(given) {
  const target = TARGET.exec(given);
  if (target) return { full: given, pattern: `${target[1]}.{target}`, records: [] };
  const parts = given.split(".");
  const full = parts.map((part) => (INDEX.test(part) ? String(Number(part)) : part)).join(".");
  const pattern = parts
    .map((part) => (INDEX.test(part) ? "n" : part === "n" ? "?" : part))
    .join(".");
  return { full, pattern, records: recordsOf(full, pattern) };
}

/** A table as fetched from the server, made ready for look-ups; shared by all models. */
export class Table {
  constructor(data) {
    Object.assign(this, data);
    this.byName = new Map(data.elements.map((element) => [element.name, element]));
    this.parents = new Set(this.byName.keys());
    for (const name of this.byName.keys()) {
      const parts = name.split(".");
      for (let end = 1; end < parts.length; end += 1) this.parents.add(parts.slice(0, end).join("."));
    }
    this.values = new Types(data.types, new Set(data.languages));
  }

  keyword(pattern) {
    return Object.hasOwn(this.keywords, pattern) ? this.keywords[pattern] : undefined;
  }
}

/** The elements of one SCO; `values` and `access` are lists of pairs. Faults are error codes. */
export class DataModel {
  #counts = new Map();
  #size = 0;

  constructor(table, values, access = []) {
    this.table = table;
    this.access = new Map(access);
    this.values = new Map();
    for (const [name, value] of values) this.#store(parse(name), value);
  }

  /** Put in what can be asked for now: {continue, previous, choice: [identifier], jump: [...]}. */
  setValid(valid) {
    for (const name of ["continue", "previous"]) this.values.set(`${VALID}.${name}`, String(valid[name]));
    for (const name of this.values.keys()) if (name.endsWith("}")) this.values.set(name, "false");
    for (const kind of ["choice", "jump"]) {
      for (const target of valid[kind]) this.values.set(`${VALID}.${kind}.{target=${target}}`, "true");
    }
  }

  /** GetValue: [value, error code]. */
  get(given) {
    if (given === "") return ["", "301"];
    const name = parse(given);
    if (KEYWORDS.includes(last(name.full))) return this.#keyword(name);
    const element = this.table.byName.get(name.pattern);
    if (!element) return ["", "401"];
    if (element.access === "wo" || ["wo", "none"].includes(this.access.get(name.full))) return ["", "405"];
    if (!this.#exists(name)) return ["", "301"];
    const value = this.#value(name.full, element);
    return value === null ? ["", "403"] : [value, "0"];
  }

  /** SetValue: the error code; anything but "0" leaves the model as it was. */
  set(given, value) {
    const name = parse(given);
    const element = this.table.byName.get(name.pattern);
    const fault = this.#refuses(name, element) || this.#mismatch(name, element, value);
    if (fault) return fault;
    if (this.#size + this.#growth(name, value) > this.table.max_size) return "351";
    this.#store(name, value);
    return "0";
  }

  /** What an element holds: derived, set, or its default; null if it holds nothing. */
  #value(full, element) {
    const value = this.values.get(full);
    const { derived } = element;
    if (derived && this.values.has(derived.at_least)) {
      const measure = this.values.get(derived.by);
      if (measure === undefined) return element.default;
      return derived.values[Number(Number(measure) >= Number(this.values.get(derived.at_least)))];
    }
    return value === undefined || (value === "" && element.empty_is_unset) ? element.default : value;
  }

  #keyword(name) {
    const parent = beforeLast(name.pattern);
    const keyword = last(name.full);
    if (!this.table.parents.has(parent)) return ["", "401"];
    const known =
      keyword === "_count"
        ? this.table.collections.includes(parent)
        : this.table.keyword(name.pattern) !== undefined;
    if (!known || !this.#exists(name)) return ["", keyword === "_version" ? "401" : "301"];
    if (keyword === "_count") return [String(this.#count(beforeLast(name.full))), "0"];
    return [this.table.keyword(name.pattern), "0"];
  }

  #refuses(name, element) {
    if (name.full === "") return "351";
    if (KEYWORDS.includes(last(name.full))) {
      const parent = beforeLast(name.pattern);
      const known =
        this.table.keyword(name.pattern) !== undefined || this.table.collections.includes(parent);
      return known ? "404" : "401";
    }
    if (!element) return "401";
    if (element.access === "ro" || ["ro", "none"].includes(this.access.get(name.full))) return "404";
    if (!this.#reachable(name, element)) return "351";
    const record = name.full.split(".").slice(0, 3).join(".");
    return element.requires.every((field) => this.values.has(`${record}.${field}`)) ? "" : "408";
  }

  #mismatch(name, element, value) {
    const response = this.#response(name, element);
    const types = response ? response.types : element.types;
    const limit = response?.count ?? null;
    if (limit !== null && name.records.at(-1)[1] >= limit) return "351";
    const faults = types.map((type) => this.table.values.check(type, value));
    if (!faults.includes("none")) return faults.includes("range") ? "407" : "406";
    if (element.once && (this.values.get(name.full) ?? value) !== value) return "351";
    return (element.unique || response?.unique) && this.#taken(name, types[0], value) ? "351" : "";
  }

  #response(name, element) {
    if (!Object.keys(element.by_type).length) return null;
    const record = name.full.split(".").slice(0, 3).join(".");
    return element.by_type[this.values.get(`${record}.type`)];
  }

  /** Whether another record of the collection holds the same. */
  #taken(name, type, value) {
    const [collection, own] = name.records.at(-1);
    for (let index = 0; index < this.#count(collection); index += 1) {
      const other = this.values.get(`${collection}.${index}.${last(name.full)}`);
      if (index !== own && other !== undefined && this.table.values.equal(type, other, value)) return true;
    }
    return false;
  }

  #count(collection) {
    return this.#counts.get(collection) ?? 0;
  }

  #exists(name) {
    return name.records.every(([path, index]) => index < this.#count(path));
  }

  /** An index may name an existing record or the next one: collections have no holes. */
  #reachable(name, element) {
    const more = element.grows ? 1 : 0;
    return name.records.every(([path, index]) => index < this.#count(path) + more);
  }

  #growth(name, value) {
    const held = this.values.get(name.full);
    return held === undefined
      ? codePoints(name.full) + codePoints(value)
      : codePoints(value) - codePoints(held);
  }

  #store(name, value) {
    this.#size += this.#growth(name, value);
    this.values.set(name.full, value);
    for (const [path, index] of name.records) {
      this.#counts.set(path, Math.max(this.#count(path), index + 1));
    }
  }
}
