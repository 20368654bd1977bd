import assert from "node:assert/strict";
import { execa } from "execa";
import { createFixture } from "fs-fixture";
import {
  allowScript,
  backupScript,
  factsScript,
  refuseScript,
  restoreScript,
  tryScript,
} from "../../data/database-scripts.ts";

/** Writes down what it is asked, by its arguments or, without a command in them, on its input. */
const psql = `#!/bin/sh
asked=$*
case $asked in *--command=*) ;; *) asked="$asked $(cat)" ;; esac
printf '%s' "$asked" | tr '\\n' ' ' >> "$ASKED"
echo >> "$ASKED"
case $asked in *"$BROKEN"*) exit 1 ;; *to_regclass*) echo "$TABLES" ;; *alembic_version*) echo 1 ;; *accounts*) echo "accounts: 1, todos: 2" ;; esac
`;

/** A program that reads its input, and asks the database nothing by itself. */
const silent = `#!/bin/sh
case "\${0##*/} $*" in *"$BROKEN"*) exit 1 ;; esac
echo "\${0##*/}" >> "$ASKED"
`;

/**
 * Runs a script of those that run beside the database, with a PostgreSQL that only pretends.
 * @param broken a text in the call that fails.
 * @param tables how many of this application's tables are in what was restored.
 * @returns what PostgreSQL was asked, a line each, and whether the script failed.
 */
const run = async (
  script: string,
  broken = "no call",
  tables = 2,
): Promise<{ asked: string[]; failed: boolean; stderr: string }> => {
  await using folder = await createFixture({ asked: "" });
  for (const [name, text] of Object.entries({ psql, pg_dump: silent, pg_restore: silent })) {
    await folder.writeFile(name, text, { mode: 0o755 });
  }
  const env = {
    PATH: `${folder.path}:/usr/bin:/bin`,
    ASKED: folder.getPath("asked"),
    BROKEN: broken,
    TABLES: String(tables),
  };
  const { failed, stderr } = await execa("sh", ["-euc", script], {
    env,
    extendEnv: false,
    input: "PGDMP",
    reject: false,
  });
  return { asked: (await folder.readFile("asked", "utf8")).trim().split("\n"), failed, stderr };
};

const opened = /ALTER DATABASE todo ALLOW_CONNECTIONS true/;
const closed = /ALTER DATABASE todo ALLOW_CONNECTIONS false/;

describe("what runs beside the database", () => {
  for (const [what, script] of Object.entries({
    "a backup": backupScript,
    "a restore": restoreScript("dev.dump", undefined),
    "a look at it": factsScript,
    "an end of changes": refuseScript,
    "a beginning of changes": allowScript,
  })) {
    it(`lets everybody in again first, whom a killed restore has locked out: ${what}`, async () => {
      const { asked, failed } = await run(script);
      assert.match(asked[0] ?? "", opened);
      assert.ok(!failed);
    });
  }

  it("locks everybody out while a restore swaps the data, and no longer, also when that fails", async () => {
    for (const broken of [undefined, "RENAME"]) {
      const { asked, failed } = await run(restoreScript("dev.dump", "accounts: 1, todos: 2"), broken);
      const shut = asked.findIndex((line) => closed.test(line));
      assert.ok(shut > asked.indexOf("pg_restore"), asked.join("\n"));
      assert.ok(
        asked.slice(shut + 1).some((line) => opened.test(line)),
        asked.join("\n"),
      );
      assert.equal(failed, broken !== undefined);
    }
  });

  it("swaps nothing when a backup cannot be read, or does not hold what it should", async () => {
    for (const { asked, failed } of [
      await run(restoreScript("dev.dump", undefined), "pg_restore"),
      await run(restoreScript("dev.dump", "accounts: 1, todos: 3")),
    ]) {
      assert.ok(!asked.some((line) => /RENAME/.test(line)), asked.join("\n"));
      assert.ok(failed);
    }
  });

  it("swaps nothing when a backup is another application's, and says so", async () => {
    for (const tables of [0, 1]) {
      const { asked, failed, stderr } = await run(restoreScript("dev.dump", undefined), undefined, tables);
      assert.ok(!asked.some((line) => /RENAME/.test(line)), asked.join("\n"));
      assert.ok(failed);
      assert.match(stderr, /^the backup is not one of this application/);
    }
  });

  it("leaves no database on which a backup was tried", async () => {
    const dropped = /DROP DATABASE IF EXISTS tried/;
    for (const broken of [undefined, "pg_restore"]) {
      assert.match((await run(tryScript, broken)).asked.at(-1) ?? "", dropped, "the try removes its own");
    }
    const { asked } = await run(allowScript);
    assert.match(asked.join("\n"), dropped, "and what a try that was killed has left goes once changes are allowed");
  });
});
