import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** Files and the rules that leave some of them out of a build. */
export interface BuildContext {
  /** Paths of files, none of which is a folder of another. */
  files: string[];
  /** Texts of ignore files, by name: `.dockerignore`, and at times `Dockerfile.dockerignore`, which goes before it. */
  rules: Record<string, string>;
}

const names = [
  "a",
  "b",
  "A",
  "todo",
  "TODO",
  "src",
  "main.py",
  "main.pyc",
  ".env",
  ".#lock",
  "x~",
  "é",
  "a b",
  "a+b",
  "(c)",
];
const wildcards = [
  "*",
  "**",
  "?",
  "a*",
  "*.py",
  "*.pyc",
  "**.py",
  "[ab]",
  "[^a]",
  "[a-c]",
  "t?do",
  ".*",
  "*~",
  "a\\*",
  "s*c",
];
const harmless = ["", "# a comment", "   ", " # no comment", "."];

/** Draws a build context, the same for the same seed. */
export function drawContext(seed: number): BuildContext {
  const random = xoroshiro128plus(seed);
  const upTo = (limit: number): number => uniformInt(random, 0, limit - 1);
  const oneOf = (choices: string[]): string => choices[upTo(choices.length)] ?? "";
  const path = (part: () => string): string => Array.from({ length: 1 + upTo(4) }, part).join("/");
  const line = (): string => {
    if (upTo(12) === 0) return oneOf(harmless);
    const pattern = path(() => oneOf(upTo(3) === 0 ? wildcards : names));
    const before = oneOf(["", "", "", "", "/", "./", "b/../", " "]);
    const after = oneOf(["", "", "", "", "/", " ", "/.", "/**", "/*", "\r"]);
    return `${oneOf(["", "", "!"])}${before}${pattern}${after}`;
  };
  const text = (): string =>
    (upTo(10) === 0 ? "\uFEFF" : "") + Array.from({ length: 1 + upTo(6) }, line).join(oneOf(["\n", "\n", "\r\n"]));

  const drawn = Array.from({ length: 4 + upTo(12) }, () => path(() => oneOf(names)));
  const files = [...new Set(drawn)].filter((file) => !drawn.some((other) => other.startsWith(`${file}/`)));
  const own = upTo(5) === 0 ? { "Dockerfile.dockerignore": text() } : {};
  return { files, rules: { ".dockerignore": text(), ...own } };
}
