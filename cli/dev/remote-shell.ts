import { randomUUID } from "node:crypto";
import { PassThrough, Writable } from "node:stream";
import { Exec } from "@kubernetes/client-node";
import type { KubeConfig } from "@kubernetes/client-node";

/** A container that runs. */
interface ContainerRef {
  namespace: string;
  pod: string;
  container: string;
}

/** As much of a WebSocket as is used here. Its package has no types of its own. */
interface Socket {
  onclose: () => void;
  onerror: () => void;
  terminate: () => void;
}

/** How long a script may take, in milliseconds. A node that was stopped does not answer at all. */
const patience = 30_000;

/** The same for opening the shell. */
const openingPatience = 10_000;

/** Large enough for a script of one edit, small enough for every proxy on the way. */
const frame = 32 * 1024;

/** A shell in a container, kept open: to start one takes longer than all that it is asked to do for an edit. */
export class RemoteShell {
  readonly #input = new PassThrough();
  readonly #mark = randomUUID();
  #output = "";
  #errors = "";
  #socket: Socket | undefined;
  #ended: Error | undefined;
  #settle: (() => void) | undefined;

  /** @throws Error when there is no such container, or it does not run, and after 10 seconds without an answer. */
  static async open(config: KubeConfig, { namespace, pod, container }: ContainerRef): Promise<RemoteShell> {
    const shell = new RemoteShell();
    const end = (): void => shell.#end(new Error("The connection to the pod broke."));
    const opening = new Exec(config).exec(
      namespace,
      pod,
      container,
      ["sh"],
      textTo((text) => shell.#hear(text)),
      textTo((text) => (shell.#errors += text)),
      shell.#input,
      false,
      end,
    ) as Promise<unknown> as Promise<Socket>;
    const socket = await inTime(opening);
    socket.onclose = end;
    socket.onerror = end;
    shell.#socket = socket;
    return shell;
  }

  /**
   * Runs a script, one at a time.
   * @returns what it printed.
   * @throws Error with what it said, when it fails, when the connection breaks or after 30 seconds.
   */
  async run(script: string): Promise<string> {
    this.#output = this.#errors = "";
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const timer = setTimeout(() => this.#end(new Error("The pod does not answer.")), patience);
    this.#settle = () => {
      const [, printed = "", status] = new RegExp(`^([^]*)\n${this.#mark} (\\d+)\n`).exec(this.#output) ?? [];
      if (status === "0") resolve(printed);
      else if (status !== undefined) reject(new Error(this.#errors.trim() || `exit code ${status}`));
      else if (this.#ended !== undefined) reject(this.#ended);
    };
    this.#write(`{\n${script}\n}; printf '\\n%s %d\\n' ${this.#mark} $?\n`);
    this.#settle();
    return await promise.finally(() => clearTimeout(timer));
  }

  /** Ends the shell. */
  close(): void {
    this.#end(new Error("The shell was closed."));
  }

  #write(text: string): void {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += frame) this.#input.write(bytes.subarray(at, at + frame));
  }

  #hear(text: string): void {
    this.#output += text;
    this.#settle?.();
  }

  #end(error: Error): void {
    if (this.#ended !== undefined) return;
    this.#ended = error;
    this.#socket?.terminate();
    this.#settle?.();
  }
}

/** A connection that is there too late is closed. */
const inTime = async (opening: Promise<Socket>): Promise<Socket> => {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(new Error("The pod does not answer."));
    opening.then((socket) => socket.terminate()).catch(() => undefined);
  }, openingPatience);
  return await Promise.race([opening, late]).finally(() => clearTimeout(timer));
};

const textTo = (take: (text: string) => void): Writable =>
  new Writable({
    write(chunk: Buffer, _encoding, done) {
      take(chunk.toString());
      done();
    },
  });
