import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { posix } from "node:path";
import { globSync } from "tinyglobby";
import typescript from "typescript";
import { checkout } from "../../machine/paths.ts";

/**
 * Every folder with a README.md that says who may import it, and the program's own files, who are imported as named
 * here.
 */
const files: Record<string, string[]> = {
  "index.ts": [],
  "config.ts": ["index.ts", "pulumi/", "state/"],
  "versions.ts": ["components/", "machine/", "offline/", "setup/", "bench/"],
};

const read = (file: string): string => readFileSync(posix.join(checkout, file), "utf8");

const ignore = ["**/node_modules/**", "apps/**", "charts/**", "tests/**", "docs/**", "examples/**", ".state/**"];
const sources = globSync(["**/*.ts", "**/*.mjs"], { cwd: checkout, ignore: [...ignore, "*.mjs"] });

/** Who may import a folder, by what its README says: folders with a `/` at their ends, and files. */
const allowed = new Map(Object.entries(files));
for (const readme of globSync("**/README.md", { cwd: checkout, ignore })) {
  const [, sentence] = /^May be imported by (.+)$/m.exec(read(readme)) ?? [];
  if (sentence === undefined) continue;
  allowed.set(
    `${posix.dirname(readme)}/`,
    [...sentence.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name),
  );
}

/** The applications with folders of their own, whose README has a table of who may import which of them. */
const apps = ["apps/aiops/src/", "apps/backend/src/app/"];
for (const app of apps) {
  const readme = read(app.replace(/src\/.*/, "README.md"));
  const inReadme = app.replace(/^apps\/[^/]+\//, "");
  for (const [, folder = "", who = ""] of readme.matchAll(/^\| `([^`]+)` +\|.*\|([^|]+)\|$/gm)) {
    if (!folder.startsWith(inReadme) || folder === inReadme) continue;
    allowed.set(
      `${app}${folder.slice(inReadme.length)}`,
      [...who.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => `${app}${name}`),
    );
  }
}

/** Of the applications, what is in no folder is shared by all. */
const appSources = globSync(
  apps.map((app) => `${app}*/**/*.{ts,py}`),
  { cwd: checkout },
);
const appFiles = globSync(
  apps.map((app) => `${app}*.{ts,py}`),
  { cwd: checkout },
);

/** The innermost folder of a file that has such a sentence, or the file itself. */
const roomOf = (file: string): string | undefined =>
  [...allowed.keys()].filter((room) => isIn(room, file)).toSorted((one, other) => other.length - one.length)[0];

const isIn = (room: string, file: string): boolean => (room.endsWith("/") ? file.startsWith(room) : file === room);

interface Arrow {
  from: string;
  to: string;
}

const importsOf = (from: string): string[] =>
  from.endsWith(".py")
    ? [...read(from).matchAll(/^\s*(?:from|import) +(app\b[\w.]*)(?: +import +([\w, ]+))?/gm)].flatMap(modulesOf)
    : typescript
        .preProcessFile(read(from), true, true)
        .importedFiles.map(({ fileName }) => fileName)
        .filter((name) => name.startsWith("."))
        .map((name) => posix.join(posix.dirname(from), name));

/** `from app import todos` names a module after `import`. After any other, what it names lies in the same folder. */
const modulesOf = ([, module = "", names = ""]: RegExpMatchArray): string[] =>
  (module === "app" ? names.split(/[ ,]+/).map((name) => `app/${name}`) : [module.replaceAll(".", "/")]).map(
    (path) => `apps/backend/src/${path}/`,
  );

const arrows = [...sources, ...appSources, ...appFiles].flatMap((from): Arrow[] =>
  importsOf(from)
    .map((to) => ({ from, to }))
    .filter(({ to }) => roomOf(to) !== roomOf(from)),
);

describe("the folders", () => {
  it("each say in their README who may import them", () => {
    const homeless = sources.filter((file) => roomOf(file) === undefined);
    assert.deepEqual(homeless, [], "each of these needs a README.md in its folder with a line: May be imported by ...");
    const unnamed = appSources.filter((file) => roomOf(file) === undefined);
    assert.deepEqual(
      unnamed,
      [],
      "each of these needs a row for its folder in the table of its application's README.md",
    );
  });

  it("import only what says that they may", () => {
    assert.ok(arrows.length > 400, `only ${arrows.length} imports were found`);
    const wrong = arrows.filter(({ from, to }) => {
      const room = roomOf(to);
      // Beside the folders: package.json.
      if (room === undefined) return false;
      return !(allowed.get(room) ?? []).some((who) => isIn(who, from));
    });
    assert.deepEqual(
      wrong.map(({ from, to }) => `${from} imports ${to}`),
      [],
    );
  });

  it("name nobody who does not import them", () => {
    const unused = [...allowed].flatMap(([room, whos]) =>
      whos
        .filter((who) => !arrows.some(({ from, to }) => roomOf(to) === room && isIn(who, from)))
        .map((who) => `${who} does not import ${room}`),
    );
    assert.deepEqual(unused, []);
  });

  it("stand above one another, with no circle", () => {
    const below = new Map<string, string[]>();
    for (const [room, whos] of allowed) {
      // A single file is an exception that its README explains.
      for (const who of whos.filter((name) => name.endsWith("/") && !isIn(name, room))) {
        below.set(who, [...(below.get(who) ?? []), room]);
      }
    }
    const walk = (room: string, way: string[]): void => {
      assert.ok(!way.includes(room), `a circle: ${[...way, room].join(" -> ")}`);
      for (const next of below.get(room) ?? []) walk(next, [...way, room]);
    };
    for (const room of below.keys()) walk(room, []);
  });

  it("hold no drawer of unlike things", () => {
    const counts = new Map<string, number>();
    for (const file of sources) counts.set(posix.dirname(file), (counts.get(posix.dirname(file)) ?? 0) + 1);
    const large = [...counts].filter(([, count]) => count > 20).map(([folder, count]) => `${folder}: ${count} files`);
    assert.deepEqual(large, []);
  });
});
