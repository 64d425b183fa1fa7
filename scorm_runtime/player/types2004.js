// The data types of SCORM 2004: the same as scorm_runtime/cmi/scorm2004_types.py.

const TAG = /^([A-Za-z]{1,8})((?:-[A-Za-z0-9]{1,8})*)$/;
const REAL = "real";

/** A decimal as it is written in one way only, for numbers of any length. */
function plain(number) {
  const negative = number.startsWith("-");
  const [whole, fraction = ""] = number.replace("-", "").split(".");
  const digits = whole.replace(/^0+/, "") || "0";
  const rest = fraction.replace(/0+$/, "");
  const text = rest ? `${digits}.${rest}` : digits;
  return negative && text !== "0" ? `-${text}` : text;
}

/** Whether one decimal is at most another. */
function atMost(one, other) {
  const scaled = (text, places) => {
    const [whole, fraction = ""] = plain(text).split(".");
    return BigInt(whole + fraction.padEnd(places, "0"));
  };
  const places = Math.max(...[one, other].map((text) => (plain(text).split(".")[1] ?? "").length));
  return scaled(one, places) <= scaled(other, places);
}

/** Each delimiter in front: its name, what it gives (null if unclosed), and what follows. */
function* prefixesOf(type, value) {
  const waiting = new Set(Object.keys(type.prefixes));
  for (;;) {
    const name = [...waiting].find((each) => value.startsWith(`{${each}=`));
    if (name === undefined) return;
    waiting.delete(name);
    const inside = value.slice(name.length + 2);
    const end = inside.indexOf("}");
    value = end < 0 ? "" : inside.slice(end + 1);
    yield [name, end < 0 ? null : inside.slice(0, end), value];
  }
}

export class Types {
  constructor(types, languages) {
    this.types = types;
    this.languages = languages;
    this.patterns = new Map(
      Object.entries(types)
        .filter(([, type]) => type.pattern)
        .map(([name, type]) => [name, new RegExp(`^(?:${type.pattern})$`, "su")]),
    );
  }

  /** "none", or why the value does not belong to the type: "type" or "range". */
  check(name, value) {
    const type = this.types[name];
    if (!this.#belongs(name, value)) return "type";
    const low = (type.minimum ?? null) === null || Number(value) >= type.minimum;
    const high = (type.maximum ?? null) === null || Number(value) <= type.maximum;
    return low && high ? "none" : "range";
  }

  /** Whether two values mean the same: sets in any order, numbers as numbers. */
  equal(name, one, other) {
    return one === other || this.#meaning(name, one) === this.#meaning(name, other);
  }

  #belongs(name, value) {
    const type = this.types[name];
    if (type.vocabulary && !type.vocabulary.includes(value)) return false;
    if (type.pattern && !this.patterns.get(name).test(value)) return false;
    if (type.language && !this.#isLanguage(value)) return false;
    if (Object.keys(type.prefixes).length) return this.#isPrefixed(type, value);
    return type.separator ? this.#isList(type, value) : true;
  }

  #isLanguage(value) {
    if (value === "") return true;
    const tag = TAG.exec(value);
    if (!tag) return false;
    const primary = tag[1].toLowerCase();
    return this.languages.has(primary) || (["i", "x"].includes(primary) && tag[2] !== "");
  }

  #isPrefixed(type, value) {
    let rest = value;
    for (const [name, given, after] of prefixesOf(type, value)) {
      if (!given || this.check(type.prefixes[name].type, given) !== "none") return false;
      rest = after;
    }
    return !type.rest || this.check(type.rest, rest) === "none";
  }

  #isList(type, value) {
    const items = value.split(type.separator);
    if (type.parts.length) return this.#isRecord(type, items);
    if (value === "") return true;
    if (type.distinct && new Set(items).size < items.length) return false;
    return items.every((item) => this.check(type.item, item) === "none");
  }

  #isRecord(type, items) {
    if (items.length !== type.parts.length || !items.some(Boolean)) return false;
    if (!items.every((item, place) => this.check(type.parts[place], item) === "none")) return false;
    const numbers = type.ascending ? items.filter(Boolean) : [];
    return numbers.every((number, place) => place === 0 || atMost(numbers[place - 1], number));
  }

  /** What a value means, as a text that is the same for all values of that meaning. */
  #meaning(name, value) {
    const type = this.types[name];
    if (Object.keys(type.prefixes).length) {
      const given = Object.entries(type.prefixes).map(([prefix, known]) => [prefix, known.default]);
      const said = new Map(given);
      let rest = value;
      for (const [prefix, text, after] of prefixesOf(type, value)) {
        said.set(prefix, text);
        rest = after;
      }
      return JSON.stringify([[...said], type.rest ? this.#meaning(type.rest, rest) : rest]);
    }
    if (type.separator) return this.#members(type, value.split(type.separator));
    const number = type.pattern && this.patterns.get(REAL).test(value);
    return number ? `number ${plain(value)}` : `text ${value}`;
  }

  #members(type, items) {
    const names = type.parts.length ? type.parts : items.map(() => type.item);
    const meanings = items
      .slice(0, names.length)
      .map((item, place) => this.#meaning(names[place], item));
    return JSON.stringify(type.unordered ? meanings.sort() : meanings);
  }
}
