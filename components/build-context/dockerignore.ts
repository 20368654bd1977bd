import { join, posix } from "node:path";
import { readIfThere } from "../../provider/processes/files.ts";
import { goExpression } from "./go-expression.ts";

/**
 * What a `.dockerignore` leaves out of a build context. Paths are relative to the context, with `/` between their
 * parts.
 */
export interface Rules {
  ignores: (path: string) => boolean;
  /** Whether Docker does not even look into a folder. */
  prunes: (folder: string) => boolean;
}

/** One line of a `.dockerignore`. */
interface Pattern {
  /** The line as Docker cleans it, without `!`. */
  text: string;
  /** Whether it lets in what a line before has left out. */
  isException: boolean;
  matches: (path: string) => boolean;
}

/**
 * Reads what a build leaves out: from the file beside the Dockerfile that has its name and `.dockerignore`, or else
 * from the `.dockerignore` of the context.
 * @param context the folder of the build context.
 * @throws Error when Docker would refuse a line.
 */
export function ignoreRules(context: string, dockerfile: string = join(context, "Dockerfile")): Rules {
  for (const file of [`${dockerfile}.dockerignore`, join(context, ".dockerignore")]) {
    const text = readIfThere(file);
    if (text !== undefined) return rulesIn(text, file);
  }
  return rulesIn("");
}

/**
 * The rules in the text of a `.dockerignore`, as BuildKit reads them (github.com/moby/patternmatcher and
 * github.com/tonistiigi/fsutil): case counts, and the last line that matches decides.
 * @param file named when a line is wrong.
 * @throws Error when Docker would refuse a line.
 */
export function rulesIn(text: string, file = ".dockerignore"): Rules {
  const patterns = linesOf(text).map((line) => patternOf(line, file));
  // What matches a folder, line by line. BuildKit keeps that too: a line that did not count for the folder is tried
  // again on what is in it, but not on the folder.
  const folders = new Map<string, boolean[]>();
  const lookAt = (path: string): { ignored: boolean; matched: boolean[] } => {
    const end = path.lastIndexOf("/");
    const above = end === -1 ? [] : matchedBy(path.slice(0, end));
    let ignored = false;
    const matched = patterns.map(({ isException, matches }, index) => {
      const isInside = above[index] === true;
      if (!isInside && (isException !== ignored || !matches(path))) return false;
      ignored = !isException;
      return true;
    });
    return { ignored, matched };
  };
  const matchedBy = (folder: string): boolean[] => {
    const matched = folders.get(folder) ?? lookAt(folder).matched;
    folders.set(folder, matched);
    return matched;
  };

  const exceptions = patterns
    .filter(({ isException }) => isException)
    .map((pattern) => pattern.text.replace(/\/\*\*$/, "").replace(/\/\*$/, ""));
  const arePlain = exceptions.every((exception) => !/[*[\]?^\\]/.test(exception));
  const mayBeIn = (folder: string): boolean => exceptions.some((exception) => `${exception}/`.startsWith(`${folder}/`));
  return {
    ignores: (path) => lookAt(path).ignored,
    prunes: (folder) => arePlain && !mayBeIn(folder) && lookAt(folder).ignored,
  };
}

/** The lines that count, cleaned: without comments, spaces around them, and a `/` at their ends. */
function linesOf(text: string): string[] {
  return text
    .replace(/^\uFEFF/, "")
    .split("\n")
    .filter((line) => !line.startsWith("#"))
    .map((line) => trim(line))
    .filter((line) => line !== "")
    .map((line) => (line.startsWith("!") ? `!${fromRoot(trim(line.slice(1)))}` : fromRoot(line)));
}

/** Go's idea of a space, which is not JavaScript's. */
const trim = (text: string): string => text.replace(/^\p{White_Space}+|\p{White_Space}+$/gu, "");

function fromRoot(path: string): string {
  if (path === "") return "";
  const cleaned = clean(path);
  return cleaned.length > 1 && cleaned.startsWith("/") ? cleaned.slice(1) : cleaned;
}

/** The shortest path that means the same, as Go's `filepath.Clean`. */
function clean(path: string): string {
  const normal = posix.normalize(path);
  return normal.length > 1 && normal.endsWith("/") ? normal.slice(0, -1) : normal;
}

/** What Go's `filepath.Match` takes for a pattern. */
const wellFormed = /^(?:\\.|\[\^?(?:(?:\\.|[^\\\]-])(?:-(?:\\.|[^\\\]-]))?)+\]|[^\\[])*$/su;

function patternOf(line: string, file: string): Pattern {
  // Docker takes the spaces away once more: `a /.` is by now `a `.
  const cleaned = clean(trim(line));
  const isException = cleaned.startsWith("!");
  const text = isException ? cleaned.slice(1) : cleaned;
  try {
    if (text === "" || !wellFormed.test(text)) throw new Error("not well formed");
    return { text, isException, matches: matcherOf(text) };
  } catch (error) {
    throw new Error(`${file} has a line that is no pattern: ${line}. Change that line, or remove it.`, {
      cause: error,
    });
  }
}

/**
 * Makes of a pattern what BuildKit makes of it. Only what is neither plain nor a plain end of a path becomes an
 * expression, in which `{`, `|` and `}` then mean what they mean in expressions.
 */
function matcherOf(text: string): (path: string) => boolean {
  let kind: "exact" | "prefix" | "suffix" | "expression" = "exact";
  let expression = "^";
  const characters = Array.from(text);
  for (let at = 0; at < characters.length; at += 1) {
    const character = characters[at] ?? "";
    if (character === "*" && characters[at + 1] === "*") {
      const isFirst = at === 0;
      at += characters[at + 2] === "/" ? 2 : 1;
      if (at + 1 < characters.length) {
        expression += "(.*/)?";
        kind = "expression";
      } else if (kind === "exact") kind = "prefix";
      else {
        expression += ".*";
        kind = "expression";
      }
      if (isFirst) kind = "suffix";
    } else if (character === "*" || character === "?") {
      expression += character === "*" ? "[^/]*" : "[^/]";
      kind = "expression";
    } else if (character === "\\") {
      at += 1;
      expression += `\\${characters[at] ?? ""}`;
      kind = "expression";
    } else if (".+()$".includes(character)) expression += `\\${character}`;
    else {
      expression += character;
      if (character === "[" || character === "]") kind = "expression";
    }
  }
  if (kind === "exact") return (path) => path === text;
  if (kind === "prefix") return (path) => path.startsWith(text.slice(0, -2));
  if (kind === "suffix") {
    const suffix = text.slice(2);
    return (path) => path.endsWith(suffix) || (suffix.startsWith("/") && path === suffix.slice(1));
  }
  const compiled = goExpression(`${expression}$`);
  return (path) => compiled.test(path);
}
