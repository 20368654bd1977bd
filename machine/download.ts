import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { UserError } from "../provider/processes/errors.ts";
import { fileSystemProblem } from "./file-system.ts";

const megabyte = 1_000_000;

/** A file that cannot be had from where it is published. What was had and is another file is no such case. */
export class Unreachable extends UserError {}

/**
 * Downloads a file and checks it; a file that is not whole or not the right one does not stay.
 * @param sha256 the published checksum, 64 hexadecimal digits.
 * @throws Unreachable if it cannot be had, UserError if its checksum is another, or it cannot be written.
 */
export const download = async (
  url: string,
  sha256: string,
  file: string,
  report: (line: string) => void,
): Promise<void> => {
  const hash = createHash("sha256");
  try {
    const response = await get(url);
    const total = Number(response.headers.get("content-length") ?? 0);
    let received = 0;
    const count = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk);
        received += chunk.length;
        report(`${megabytes(received)}${total > 0 ? ` of ${megabytes(total)}` : ""} MB`);
        done(null, chunk);
      },
    });
    await pipeline(Readable.fromWeb(response.body as never), count, createWriteStream(file)).catch((error: unknown) => {
      // An error of a write does not say of which file.
      throw error instanceof Error && !("path" in error) ? Object.assign(error, { path: file }) : error;
    });
    const actual = hash.digest("hex");
    if (actual !== sha256.toLowerCase()) {
      throw new UserError(
        `${url} is not the file that was published: its SHA-256 is ${actual}, expected ${sha256}.`,
        "Try again; if it stays so, something between this machine and that address changes downloads.",
      );
    }
  } catch (error) {
    await rm(file, { force: true });
    throw error instanceof UserError ? error : (fileSystemProblem(error) ?? unreachable(url, error));
  }
};

/**
 * The text at an address.
 * @throws Unreachable if it cannot be had.
 */
export const fetchText = async (url: string): Promise<string> => {
  try {
    return await (await get(url)).text();
  } catch (error) {
    throw unreachable(url, error);
  }
};

const get = async (url: string): Promise<Response> => {
  const response = await fetch(url, { signal: AbortSignal.timeout(30 * 60_000) });
  if (!response.ok) throw new Error(`it answered ${response.status}`);
  return response;
};

const unreachable = (url: string, error: unknown): Unreachable => {
  const { message, cause } = error as Error;
  const why = cause instanceof Error ? cause.message : message;
  return new Unreachable(
    `${url} cannot be downloaded: ${why}.`,
    "Check the network, then run the same command again.",
    error,
  );
};

const megabytes = (bytes: number): string => (bytes / megabyte).toFixed(0);
