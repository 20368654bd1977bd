/** What a command of Pulumi does to a stack. */
export type Effect = "changes" | "destroys" | "previews" | "removes the stack" | "renames the stack" | "nothing";

/**
 * What Pulumi's commands do to the resources of a stack, by every name that Pulumi has for them. What is not here may
 * change something.
 */
export const effects: Record<Effect, string[]> = {
  changes: ["up", "update", "refresh", "import", "watch", "do", "state"],
  destroys: ["destroy", "down", "dn"],
  previews: ["preview", "pre"],
  // With its second word alone, see `removals`.
  "removes the stack": [],
  // With its second word alone.
  "renames the stack": [],
  nothing: [
    ...[
      "about",
      "api",
      "cancel",
      "completion",
      "config",
      "console",
      "convert",
      "deployment",
      "env",
      "gen-completion",
      "help",
    ],
    ...["insights", "install", "login", "logout", "logs", "neo", "new", "create", "setup", "org", "package", "plugin"],
    ...["policy", "project", "schema", "stack", "template", "version", "whoami"],
  ],
};

/** The second word of `pulumi stack remove`. */
const removals = ["remove", "rm", "delete"];

/**
 * Flags of Pulumi, of `pulumi stack` and of `pulumi stack remove` that take no value. Every other one takes the next
 * word, unless it has a `=`.
 */
export const switches = [
  ...[
    "--disable-integrity-checking",
    "--emoji",
    "-e",
    "--fully-qualify-stack-names",
    "-Q",
    "--help",
    "-h",
    "--logflow",
  ],
  ...["--logtostderr", "--non-interactive", "--version"],
  ...["--show-ids", "-i", "--show-name", "--show-secrets", "--show-urns", "-u"],
  ...["--force", "-f", "--preserve-config", "--remove-backups", "--yes", "-y"],
];

/** Says what a command line of Pulumi does. */
export const effectOf = (args: string[]): Effect => {
  const [command, second = ""] = wordsOf(args);
  if (command === undefined || asksForHelp(args)) return "nothing";
  if (command === "stack" && removals.includes(second)) return "removes the stack";
  if (command === "stack" && second === "rename") return "renames the stack";
  const found = Object.entries(effects).find(([, names]) => names.includes(command));
  return (found?.[0] as Effect | undefined) ?? "changes";
};

/**
 * Whether Pulumi only says what a command does. A word that may be the value of a flag does not count, nor does any
 * other way to write the flag: whoever is wrong here does without all that keeps data.
 */
export const asksForHelp = (args: string[]): boolean =>
  partsOf(args).flags.some((flag) => flag === "--help" || flag === "-h") &&
  !args.some((word) => /^-[^-]*h=|^--help=/.test(word));

/**
 * The words of a command line that are neither flags nor their values, as far as Pulumi itself looks for its commands.
 */
export const wordsOf = (args: string[]): string[] => partsOf(args).words;

/** A flag of a command line, and its value if it takes one. */
interface Flag {
  /** As it is written, such as `-t` or `--target`. */
  name: string;
  value?: string | undefined;
}

/** Short flags of Pulumi that take no value, so that another one may follow in the same word. */
const bundle = /^-([yfderjiQhu]*)(?:([^=])(.*))?$/s;

/**
 * The flags of a command line as Pulumi reads them: `-yt URN` is `-y` and `-t URN`, and what follows `-m` is its value,
 * also when it looks like a flag. A long flag without `=` is given the next word, which only counts where it takes one.
 */
export const flagsOf = (args: string[]): Flag[] => {
  const flags: Flag[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? "";
    if (word === "--") break;
    const [, name, value = args[at + 1]] = /^(--[^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (name !== undefined) flags.push({ name, value });
    else if (word.startsWith("-")) {
      const [, bare = "", letter = "", joined = ""] = bundle.exec(word) ?? [];
      flags.push(...Array.from(bare).map((each) => ({ name: `-${each}` })));
      if (letter === "") continue;
      if (joined === "") at += 1;
      flags.push({ name: `-${letter}`, value: joined === "" ? args[at] : joined.replace(/^=/, "") });
    }
  }
  return flags;
};

const partsOf = (args: string[]): { words: string[]; flags: string[] } => {
  const words: string[] = [];
  const flags: string[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? "";
    if (word === "--") break;
    if (!word.startsWith("-")) words.push(word);
    else {
      flags.push(word);
      if (!word.includes("=") && !switches.includes(word) && !isJoined(word)) at += 1;
    }
  }
  return { words, flags };
};

/** `-v9`, whose value is in it. */
const isJoined = (word: string): boolean => /^-[^-]./.test(word);
