import { readFile } from "node:fs/promises";
import { get } from "node:https";
import { join } from "node:path";

/** A Docker daemon that is reached over TLS, and an image that may be in it. */
interface ImageQuery {
  image: string;
  /** `tcp://ADDRESS:PORT` */
  dockerHost: string;
  /** Folder with `ca.pem`, `cert.pem` and `key.pem`. */
  dockerCertPath: string;
}

/** Long enough for a loaded machine; a stopped node does not answer at all. */
const patience = 5_000;

/**
 * Asks a daemon for an image, over its API, so that no Docker client is needed.
 * @returns undefined when the daemon cannot be asked.
 */
export async function hasImage({ image, dockerHost, dockerCertPath }: ImageQuery): Promise<boolean | undefined> {
  try {
    const read = (file: string): Promise<Buffer> => readFile(join(dockerCertPath, file));
    const tls = { ca: await read("ca.pem"), cert: await read("cert.pem"), key: await read("key.pem") };
    const status = await statusOf(new URL(`/images/${image}/json`, dockerHost.replace(/^tcp:/, "https:")), tls);
    if (status === 200) return true;
    return status === 404 ? false : undefined;
  } catch {
    return undefined;
  }
}

function statusOf(url: URL, tls: { ca: Buffer; cert: Buffer; key: Buffer }): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const request = get(url, { ...tls, agent: false, timeout: patience }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.on("timeout", () => request.destroy(new Error("no answer")));
    request.on("error", reject);
  });
}
