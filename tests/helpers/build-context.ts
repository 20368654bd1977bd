import { mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** A tree of files and the rules that leave some of them out of a build. */
export interface BuildContext {
  /** Paths of files, in an order of their own. No path here is a folder of another, nor of a link. */
  files: string[];
  /** Where symbolic links lead, by their paths: to files, folders or nothing. */
  links: Record<string, string>;
  /** Texts of ignore files, by name: `.dockerignore`, and at times `Dockerfile.dockerignore`, which goes before it. */
  rules: Record<string, string>;
}

const names = [
  ...["a", "b", "A", "todo", "TODO", "src", "main.py", "main.pyc", ".env", ".#lock", "#a#", "x~", "4913", "...", "-"],
  ...[
    "é",
    "e\u0301",
    "É",
    "ß",
    "买",
    "🎉",
    "a b",
    "a ",
    " a",
    "a+b",
    "(c)",
    "{d}",
    "a|b",
    "$f",
    "^a",
    "[id]",
    "a*",
    "!a",
  ],
  ...["a\\b", "a:Zone.Identifier"],
];
const wildcards = [
  ...[
    "*",
    "**",
    "?",
    "??",
    "***",
    "a*",
    "*a",
    "*.py",
    "*.pyc",
    "*.[po]y*",
    "**.py",
    "a**",
    "a**b",
    "**a**",
    "s*c",
    ".*",
  ],
  ...[
    "*~",
    "t?do",
    "[ab]",
    "[^a]",
    "[^a]*",
    "[!a]",
    "[a-c]",
    "[A-Z]*",
    "[é-ü]",
    "[买卖]",
    "[.]env",
    "[#]*#",
    "[[]id]",
    "*]",
  ],
  ...[
    "a\\*",
    "\\[id\\]",
    "\\!a",
    "\\#a#",
    "a\\ b",
    "a\\\\b",
    "[\\^a]a",
    "[a\\-b]",
    "[\\]b]*",
    "a{b,c}",
    "(a|b)*",
    "a{2}*",
    "a+",
    "$*",
    "^*",
  ],
  ...["[[:alpha:]]", "[^[:digit:].]*", "\\d*", "[\\w.]", "*\\b", "\\Src"],
];
const odd = ["", "# a comment", "   ", " # no comment", ".", "/", "..", "../a", "!."];

/** Draws a build context, the same for the same seed. */
export function drawContext(seed: number): BuildContext {
  const random = xoroshiro128plus(seed);
  const upTo = (limit: number): number => uniformInt(random, 0, limit - 1);
  const oneOf = (choices: string[]): string => choices[upTo(choices.length)] ?? "";
  // A few names for each context, so that rules often speak of what is there.
  const known = Array.from({ length: 8 }, () => oneOf(names));
  const path = (most: number, part: () => string): string => Array.from({ length: 1 + upTo(most) }, part).join("/");
  const pathOfNames = (): string => path(4, () => oneOf(known));
  const line = (): string => {
    if (upTo(12) === 0) return oneOf(odd);
    const pattern = path(1 + upTo(3), () => oneOf(upTo(2) === 0 ? wildcards : known));
    const before = oneOf(["", "", "", "", "", "/", "//", "./", "b/../", "**/", "**/", " ", "\t"]);
    const after = oneOf(["", "", "", "", "/", " ", "/.", "/**", "/*", "//", "\u00A0"]);
    return `${oneOf(["", "", "", "!", "! "])}${before}${pattern}${after}`;
  };
  const text = (): string => {
    const first = upTo(8) === 0 ? ["*"] : [];
    const lines = [...first, ...Array.from({ length: 1 + upTo(6) }, line)];
    return (upTo(10) === 0 ? "\uFEFF" : "") + lines.join(oneOf(["\n", "\n", "\r\n"])) + oneOf(["", "\n"]);
  };

  const drawn = Array.from({ length: 4 + upTo(12) }, pathOfNames);
  const paths = [...new Set(drawn)].filter((each) => !drawn.some((other) => other.startsWith(`${each}/`)));
  const links = paths.filter(() => upTo(8) === 0);
  const files = paths.filter((each) => !links.includes(each));
  const leadsTo = (): string => oneOf(["nowhere", "/nowhere", ".", "..", oneOf(known), pathOfNames()]);
  const own = upTo(5) === 0 ? { "Dockerfile.dockerignore": text() } : {};
  return {
    files,
    links: Object.fromEntries(links.map((link) => [link, leadsTo()])),
    rules: { ".dockerignore": text(), ...own },
  };
}

/** Writes a build context into an empty folder. */
export async function writeContext(folder: string, { files, links, rules }: BuildContext): Promise<void> {
  for (const [path, content] of [...files.map((file) => [file, file] as const), ...Object.entries(rules)]) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  for (const [path, target] of Object.entries(links)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await symlink(target, join(folder, path));
  }
}
