import process from "node:process";
import { Worker } from "node:worker_threads";

const passphrases = ["PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"];

/**
 * The program in a thread of its own, which can run it once. So the program can throw, exit or never end, and this
 * process goes on; and it has an environment of its own.
 */
export class ProgramThread {
  readonly #worker: Worker;
  #response: Uint8Array | undefined;
  readonly #ended: Promise<string>;

  /** @param env the environment in which Pulumi runs, of which the program gets all but the passphrase. */
  constructor(env: NodeJS.ProcessEnv) {
    const set = Object.entries(env).filter(([name, value]) => value !== undefined && !passphrases.includes(name));
    const options = { env: Object.fromEntries(set), execArgv: [], stdout: true };
    this.#worker = new Worker(new URL("./thread.ts", import.meta.url), options);
    // Standard output is Pulumi's: a preview may be JSON.
    this.#worker.stdout.pipe(process.stderr, { end: false });
    this.#worker.once("message", (response: Uint8Array) => (this.#response = response));
    this.#ended = new Promise((resolve) => {
      this.#worker.once("error", (error) => resolve(`the program could not be run: ${String(error)}`));
      this.#worker.once("exit", (code) => resolve(`the program exited with code ${code} before it had ended`));
    });
  }

  /**
   * Runs the program to its end.
   * @param request Pulumi's request, as it came.
   * @returns the answer to it.
   */
  async run(request: Uint8Array): Promise<Buffer> {
    this.#worker.postMessage(request);
    const how = await this.#ended;
    if (this.#response !== undefined) return Buffer.from(this.#response);
    // Loaded only when needed.
    const { default: messages } = await import("@pulumi/pulumi/proto/language_pb.js");
    const response = new messages.RunResponse();
    response.setError(how);
    return Buffer.from(response.serializeBinary());
  }

  /** Ends the thread, whatever it does. */
  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}
