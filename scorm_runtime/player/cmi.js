// The data model of one SCO, fed from the same table as scorm_runtime/cmi/model.py.

const INDEX = /^(?:0|[1-9][0-9]{0,8})$/;
const KEYWORDS = ["_children", "_count", "_version"];

const beforeLast = (name) => name.slice(0, Math.max(0, name.lastIndexOf(".")));
const last = (name) => name.slice(name.lastIndexOf(".") + 1);
const codePoints = (text) => {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
};

/** `a.0.b` is `a.n.b`; a literal `n` is no index and so matches nothing. */
const patternOf = (name) =>
  name
    .split(".")
    .map((part) => (part === "n" ? "?" : INDEX.test(part) ? "n" : part))
    .join(".");

/** Each collection that the name passes through, with the index it takes there. */
function levels(name) {
  const parts = name.split(".");
  return parts.flatMap((part, position) =>
    INDEX.test(part) ? [[parts.slice(0, position).join("."), Number(part)]] : [],
  );
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
    this.patterns = new Map(
      Object.entries(data.types)
        .filter(([, type]) => type.pattern)
        .map(([name, type]) => [name, new RegExp(`^(?:${type.pattern})$`, "su")]),
    );
  }

  accepts(typeName, value) {
    const type = this.types[typeName];
    if (type.vocabulary && !type.vocabulary.includes(value)) return false;
    if (type.max_length !== undefined && codePoints(value) > type.max_length) return false;
    if (type.pattern && !this.patterns.get(typeName).test(value)) return false;
    if (type.minimum !== undefined && !(Number(value) >= type.minimum)) return false;
    return type.maximum === undefined || Number(value) <= type.maximum;
  }
}

/** The elements of one SCO; `values` is a list of [element, value]. */
export class DataModel {
  #counts = new Map();
  #size = 0;

  constructor(table, values) {
    this.table = table;
    this.values = new Map();
    for (const [name, value] of values) this.#store(name, value);
  }

  /** GetValue: [value, condition]. */
  get(name) {
    if (name === "") return ["", "argument"];
    const pattern = patternOf(name);
    if (KEYWORDS.includes(last(pattern))) return this.#keyword(name, pattern);
    const element = this.table.byName.get(pattern);
    if (!element) return ["", "not_implemented"];
    if (element.access === "wo") return ["", "write_only"];
    if (!this.#exists(name)) return ["", "index"];
    return [this.values.get(name) ?? element.default ?? "", "none"];
  }

  /** SetValue: the condition; anything but "none" leaves the model as it was. */
  set(name, value) {
    if (name === "") return "argument";
    const pattern = patternOf(name);
    const element = this.table.byName.get(pattern);
    const refusal = this.#refuses(name, pattern, element);
    if (refusal !== "none") return refusal;
    const text = element.append ? (this.values.get(name) ?? "") + value : value;
    if (!this.#accepts(element, name, text)) return "type";
    if (this.#size + this.#growth(name, text) > this.table.max_size) return "general";
    this.#store(name, text);
    return "none";
  }

  #refuses(name, pattern, element) {
    if (KEYWORDS.includes(last(pattern)) && this.table.parents.has(beforeLast(pattern))) return "keyword";
    if (!element) return "not_implemented";
    if (element.access === "ro") return "read_only";
    return this.#reachable(name) ? "none" : "index";
  }

  #keyword(name, pattern) {
    const parent = beforeLast(pattern);
    const keyword = last(pattern);
    if (!this.table.parents.has(parent)) return ["", "not_implemented"];
    if (keyword === "_count") {
      if (!this.table.collections.includes(parent)) return ["", "no_count"];
    } else if (!(pattern in this.table.keywords)) {
      return ["", keyword === "_children" ? "no_children" : "not_implemented"];
    }
    if (!this.#exists(name)) return ["", "index"];
    if (keyword === "_count") return [String(this.#counts.get(beforeLast(name)) ?? 0), "none"];
    return [this.table.keywords[pattern], "none"];
  }

  #accepts(element, name, value) {
    let { types } = element;
    if (element.types_by) {
      const decider = [...name.split(".").slice(0, 3), last(element.types_by.element)].join(".");
      types = element.types_by.types[this.values.get(decider) ?? ""] ?? types;
    }
    return types.some((type) => this.table.accepts(type, value));
  }

  #exists(name) {
    return levels(name).every(([path, index]) => index < (this.#counts.get(path) ?? 0));
  }

  #reachable(name) {
    return levels(name).every(([path, index]) => index <= (this.#counts.get(path) ?? 0));
  }

  #growth(name, value) {
    const held = this.values.get(name);
    return held === undefined
      ? codePoints(name) + codePoints(value)
      : codePoints(value) - codePoints(held);
  }

  #store(name, value) {
    this.#size += this.#growth(name, value);
    this.values.set(name, value);
    for (const [path, index] of levels(name)) {
      this.#counts.set(path, Math.max(this.#counts.get(path) ?? 0, index + 1));
    }
  }
}
