/**
 * What a letter after `\` stands for, where the two languages differ or JavaScript knows it too. Go refuses almost all
 * others.
 */
const escapes: Record<string, string> = {
  ...{ d: "0-9", w: "0-9A-Za-z_", s: "\\t\\n\\f\\r " },
  ...{ a: "\\x07", f: "\\f", n: "\\n", r: "\\r", t: "\\t", v: "\\v" },
};

/** What means a place or a class of its own, and stands in no other class here. */
const outsideOfClasses: Record<string, string> = {
  ...{ D: "[^0-9]", W: "[^0-9A-Za-z_]", S: "[^\\t\\n\\f\\r ]", A: "^", z: "$", b: "\\b", B: "\\B" },
};

const classes: Record<string, string> = {
  ...{ alnum: "0-9A-Za-z", alpha: "A-Za-z", ascii: "\\0-\\x7F", blank: "\\t ", cntrl: "\\0-\\x1F\\x7F", digit: "0-9" },
  ...{ graph: "!-~", lower: "a-z", print: " -~", punct: "!-\\/:-@\\[-`{-~", space: "\\t-\\r ", upper: "A-Z" },
  ...{ word: "0-9A-Za-z_", xdigit: "0-9A-Fa-f" },
};

/**
 * Makes an expression of JavaScript of one of Go's package `regexp`, as BuildKit writes them for patterns of paths.
 * JavaScript wants more escapes and takes fewer.
 * @throws Error when Go refuses it, and for the few escapes of Go that are read by nothing here.
 */
export function goExpression(expression: string): RegExp {
  let result = "";
  let isInClass = false;
  for (const [part] of expression.matchAll(/\\.|\[:[a-z]+:\]|\[\^?|\{\d+(?:,\d*)?\}|./gsu)) {
    const escaped = /^\\(.)$/su.exec(part)?.[1];
    if (escaped !== undefined && /[0-9A-Za-z\u0080-\u{10FFFF}]/u.test(escaped)) result += meaningOf(escaped, isInClass);
    else if (isInClass) {
      isInClass = part !== "]";
      if (part === "]" || part === "-") result += part;
      else result += part.startsWith("[:") ? classNamed(part) : (escaped ?? part).replace(/[\\[\]^-]/g, "\\$&");
    } else if (part.startsWith("[")) {
      isInClass = !part.endsWith("]");
      result += part;
    } else if (escaped !== undefined) result += escaped.replace(/[\^$\\.*+?()[\]{}|/]/, "\\$&");
    else if (part === "]" || part === "{" || part === "}") result += `\\${part}`;
    // A line break in a name is rare, and Go's dot does not take it either.
    else result += part === "." ? "[^\\n]" : part;
  }
  return new RegExp(result, "u");
}

function meaningOf(letter: string, isInClass: boolean): string {
  const inClass = escapes[letter];
  const meaning = isInClass ? inClass : (outsideOfClasses[letter] ?? (inClass && `[${inClass}]`));
  if (meaning === undefined) throw new Error(`\\${letter} is not known`);
  return meaning;
}

function classNamed(part: string): string {
  const known = classes[part.slice(2, -2)];
  if (known === undefined) throw new Error(`${part} is not known`);
  return known;
}
