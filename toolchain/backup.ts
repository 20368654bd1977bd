import { createReadStream, createWriteStream } from "node:fs";
import { open, rename, rm, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import process from "node:process";
import { Transform } from "node:stream";
import { finished } from "node:stream/promises";
import { confirmed } from "./confirm.ts";
import { Database } from "./database.ts";
import { ToolchainError } from "./errors.ts";
import { checkout } from "./paths.ts";
import { makePrivateFolder } from "./private-files.ts";
import { stackName } from "./stack.ts";

/** Where backups are written. Ignored by git. */
const folder = join(checkout, "backups");

/** How a file in PostgreSQL's custom format begins. */
const mark = "PGDMP";

/**
 * Writes all data of the stack into a new file, which only the user can read.
 * @returns the exit code.
 */
export const backup = async (): Promise<number> => {
  const database = await Database.open();
  makePrivateFolder(folder);
  const time = new Date().toISOString().replaceAll(":", "-").replace(/\..*/, "Z");
  const path = join(folder, `${stackName()}-${time}.dump`);
  const draft = `${path}.partial`;
  try {
    const progress = counted("Saved");
    const file = progress.pipe(createWriteStream(draft, { mode: 0o600, flags: "wx", flush: true }));
    await database.run(backupScript, progress, {
      failed: "Nothing was changed.",
      unknown: "Nothing was changed. Run the same command again.",
    });
    progress.end();
    await finished(file);
    await check(draft);
    await rename(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
  const name = relative(checkout, path);
  console.log(`Wrote ${name} (${sizeOf((await stat(path)).size)}). To go back to it: npm run restore -- ${name}`);
  return 0;
};

/** A restore that was killed may have left the database closed. Its data are whole at every moment. */
const reopened = `
in_postgres() {
  PGOPTIONS=--client-min-messages=warning psql --username=todo --dbname=postgres --quiet --set=ON_ERROR_STOP=1 "$@"
}
in_postgres --command="ALTER DATABASE todo ALLOW_CONNECTIONS true" >&2
`;

const backupScript = `${reopened}
exec pg_dump --username=todo --dbname=todo --format=custom
`;

/**
 * Fills a new database with standard input, and only when that worked puts it in the place of the old one. What another restore
 * has left that was killed, is removed: both are copies, since the database `todo` is there at every moment.
 */
const restoreScript = `${reopened}
for left in restored replaced; do in_postgres --command="DROP DATABASE IF EXISTS $left WITH (FORCE)"; done
in_postgres --command="CREATE DATABASE restored TEMPLATE template0"
pg_restore --username=todo --dbname=restored --no-owner --exit-on-error --single-transaction
[ "$(psql --username=todo --dbname=restored --tuples-only --no-align --command="SELECT count(*) FROM alembic_version")" = 1 ]
trap 'in_postgres --command="ALTER DATABASE todo ALLOW_CONNECTIONS true"' EXIT
in_postgres --output=/dev/null <<SQL
  ALTER DATABASE todo ALLOW_CONNECTIONS false;
  SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname IN ('todo', 'restored');
  BEGIN;
  ALTER DATABASE todo RENAME TO replaced;
  ALTER DATABASE restored RENAME TO todo;
  COMMIT;
SQL
# The data are restored by now. What cannot be removed, the next restore removes.
in_postgres --command="DROP DATABASE replaced WITH (FORCE)" || true
`;

/**
 * Replaces all data of the stack with that of a backup: all of it or nothing.
 * @param path file that {@link backup} wrote.
 * @param sure true to do it without a question.
 * @returns the exit code.
 */
export const restore = async (path: string | undefined, sure: boolean): Promise<number> => {
  if (path === undefined) throw new ToolchainError("Which backup?", "Type: npm run restore -- backups/FILE");
  await check(path);
  const database = await Database.open();
  if (!sure && !(await confirmed(`All data of the stack ${stackName()} is replaced by ${path}.`))) return 1;
  const progress = counted("Sent");
  const states = {
    failed: "Nothing was changed.",
    unknown: "All data are as they were, or all are those of the backup. To be sure, run the same command again.",
  };
  await database.run(restoreScript, process.stdout, states, createReadStream(path).pipe(progress));
  await database.restartBackend();
  console.log(`The stack ${stackName()} has the data of ${path}.`);
  return 0;
};

const check = async (path: string): Promise<void> => {
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(mark.length), 0, mark.length, 0);
      if (buffer.subarray(0, bytesRead).toString() !== mark)
        throw new Error("it is no dump in PostgreSQL's custom format");
    } finally {
      await file.close();
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ToolchainError(
      `${path} cannot be used as a backup: ${reason}`,
      "Type: npm run backup, to make one.",
      error,
    );
  }
};

/** Passes bytes on, and says in a terminal how many. */
const counted = (verb: string): Transform => {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (process.stderr.isTTY) process.stderr.write(`\r${verb} ${sizeOf(bytes)} `);
      done(null, chunk);
    },
    flush(done) {
      if (process.stderr.isTTY) process.stderr.write("\n");
      done();
    },
  });
};

const sizeOf = (bytes: number): string =>
  bytes < 2 ** 20 ? `${Math.ceil(bytes / 2 ** 10)} KB` : `${(bytes / 2 ** 20).toFixed(1)} MB`;
