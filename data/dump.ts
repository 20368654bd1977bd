import { createReadStream, createWriteStream } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import process from "node:process";
import { Transform, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Database } from "./cluster-database.ts";
import { allowScript, backupScript, factsScript, refuseScript, restoreScript, tryScript } from "./database-scripts.ts";
import { messageOf, UserError } from "../provider/processes/errors.ts";
import { fileSystemProblem } from "../machine/file-system.ts";
import { checkout } from "../machine/paths.ts";
import { makePrivateFolder, writeOut } from "../machine/private-files.ts";
import { removeUnfinished, unfinishedPath } from "./unfinished.ts";

/** Where backups are written. Ignored by git. */
const backups = join(checkout, "backups");

/** How a file in PostgreSQL's custom format begins. */
const mark = "PGDMP";

/**
 * Writes all data of a database into a new file, which only the user can read. It is there whole or not at all, also
 * after a power cut. What earlier ones have left that were killed is removed.
 * @param folder where it is written. By default `backups`.
 * @param create makes the file.
 * @returns the path of the file.
 * @throws UserError when the database refuses, or cannot be reached, or the disk is full.
 */
export const saveInto = async (
  database: Database,
  stack: string,
  folder: string = backups,
  create: (path: string) => Writable = newFile,
): Promise<string> => {
  makePrivateFolder(folder);
  await removeUnfinished(folder);
  const time = new Date().toISOString().replaceAll(":", "-").replace(/\..*/, "Z");
  const path = join(folder, `${stack}-${time}.dump`);
  const draft = unfinishedPath(path);
  try {
    const progress = counted("Saved");
    // Watched from the start: a disk may be full long before the database has said all.
    const written = pipeline(progress, create(draft)).catch((error: unknown) => {
      throw fileSystemProblem({ code: codeOf(error), path }) ?? error;
    });
    const saved = database.run(backupScript, progress, {
      failed: "Nothing was changed.",
      unknown: "Nothing was changed. Run the same command again.",
    });
    try {
      await Promise.race([saved, written]);
      progress.end();
      await written;
    } finally {
      progress.destroy();
    }
    await checkDump(draft);
    await rename(draft, path);
    writeOut(dirname(path));
  } finally {
    await rm(draft, { force: true });
  }
  return path;
};

const newFile = (path: string): Writable => createWriteStream(path, { mode: 0o600, flags: "wx", flush: true });

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

/** @throws UserError when a file is no dump, or cannot be read. */
export const checkDump = async (path: string): Promise<void> => {
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
    const reason = messageOf(error);
    throw new UserError(`${path} cannot be used as a backup: ${reason}`, "Type: npm run backup, to make one.", error);
  }
};

/**
 * Replaces all data of a database by those of a dump: all of them or nothing.
 * @param contents what must be in it, in words, before it replaces anything; by default whatever is.
 * @throws UserError when it cannot be done, saying what is so now.
 */
export const replaceBy = async (database: Database, path: string, contents?: string): Promise<void> => {
  await checkDump(path);
  const states = {
    failed: "Nothing was changed.",
    unknown: "All data are as they were, or all are those of the backup. To be sure, run the same command again.",
  };
  const script = restoreScript(basename(path), contents);
  await database.run(script, process.stdout, states, createReadStream(path).pipe(counted("Sent")));
};

/**
 * Fills a database of its own with a dump, and removes it again.
 * @returns what was in it, in words.
 * @throws UserError when the dump cannot be restored.
 */
export const tryOut = async (database: Database, path: string): Promise<string> => {
  const states = { failed: "Nothing was changed.", unknown: "Nothing was changed. Run the same command again." };
  const said = new Text();
  await database.run(tryScript, said, states, createReadStream(path));
  return said.text;
};

/** What is known of a database by itself. */
export interface DatabaseFacts {
  /** Names the PostgreSQL of one volume, and no other one. */
  system: string;
  /** Name of the backup whose data it got last; empty for none. */
  origin: string;
  /** What is in it, in words. */
  contents: string;
}

/** Asks a database what it is. Changes nothing. */
export const factsOf = async (database: Database): Promise<DatabaseFacts> => {
  const said = new Text();
  await database.run(factsScript, said, { failed: "Nothing was changed.", unknown: "Nothing was changed." });
  const [system = "", origin = "", contents = ""] = said.text.split("\n");
  return { system, origin, contents };
};

/** Lets the application change nothing any more, so that a backup stays complete. What is under way is broken off. */
export const refuseChanges = async (database: Database): Promise<void> =>
  await database.run(refuseScript, process.stdout, {
    failed: "Nothing was changed.",
    unknown: "Nothing was changed. Run the same command again.",
  });

/** Undoes {@link refuseChanges}. */
export const allowChanges = async (database: Database): Promise<void> =>
  await database.run(allowScript, process.stdout, {
    failed: "The application takes no changes at the moment.",
    unknown: "The application may take no changes at the moment. Type: npm start",
  });

/** Keeps what is written to it, without the last line break. */
class Text extends Writable {
  readonly #bytes: Buffer[] = [];

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#bytes.push(chunk);
    done();
  }

  get text(): string {
    return Buffer.concat(this.#bytes).toString().replace(/\n$/, "");
  }
}

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

/** A size as people read it. */
export const sizeOf = (bytes: number): string =>
  bytes < 2 ** 20 ? `${Math.ceil(bytes / 2 ** 10)} KB` : `${(bytes / 2 ** 20).toFixed(1)} MB`;
