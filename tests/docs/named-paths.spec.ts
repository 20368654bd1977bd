import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { globSync } from "tinyglobby";
import { checkout } from "../../machine/paths.ts";

const ignore = ["**/node_modules/**", "**/.venv/**", "**/.next/**", ".state/**", "test-results/**"];
const files = globSync("**/*", { cwd: checkout, ignore, dot: true });
const read = (file: string): string => readFileSync(posix.join(checkout, file), "utf8");

/** The folder of a file and every folder around it, each with where its own sources are. */
const roomsOf = (file: string): string[] => {
  const above = posix.dirname(file);
  const rooms = [above, posix.join(above, "src"), posix.join(above, "src/app")];
  return above === "." ? rooms : [...rooms, ...roomsOf(above)];
};

/** The comments of a source that take whole lines. */
const commentsOf = (text: string): string => text.match(/^\s*(?:\/?\*|\/\/|#).*$/gm)?.join("\n") ?? "";

describe("a path that is named", () => {
  it("in a comment of a source, leads from a folder around the source to a file", () => {
    const sources = files.filter((file) => /\.(ts|tsx|mjs|py)$/.test(file) && !/(^|\/)(tests|overlay)\//.test(file));
    const named = sources.flatMap((file) =>
      [
        ...commentsOf(read(file)).matchAll(/(?<![\w/.@*-])(?:[\w-]+\/)*[\w-]+(?:\.[\w-]+)*\.(?:ts|tsx|mjs|py|md)\b/g),
      ].map(([path]) => ({ file, path })),
    );
    assert.ok(named.length > 20, `only ${named.length} paths were found`);
    const gone = named.filter(({ file, path }) =>
      roomsOf(file).every((room) => !existsSync(posix.join(checkout, room, path))),
    );
    assert.deepEqual(
      gone.map(({ file, path }) => `${file} names ${path}`),
      [],
    );
  });

  it("in what was decided, is there; what was before, and what was turned down, need not be", () => {
    const places = new Set(files.flatMap((file) => [`/${file}`, ...roomsOf(file).map((room) => `/${room}/`)]));
    const isThere = (path: string): boolean => [...places].some((place) => place.endsWith(`/${path}`));
    const decided = globSync("docs/decisions/*.md", { cwd: checkout }).flatMap((file) =>
      [...(/^## Decision$.*?(?=^## Alternatives$|(?![^]))/ms.exec(read(file))?.[0] ?? "").matchAll(/`([^`\s]+)`/g)].map(
        ([, path = ""]) => ({ file, path }),
      ),
    );
    const named = decided.filter(({ path }) => /^[\w-][\w./-]*(?:\/|\.(?:ts|tsx|mjs|py|md))$/.test(path));
    assert.ok(named.length > 15, `only ${named.length} paths were found`);
    const gone = named.filter(({ path }) => !isThere(path));
    assert.deepEqual(
      gone.map(({ file, path }) => `${file} names ${path}`),
      [],
    );
  });
});
