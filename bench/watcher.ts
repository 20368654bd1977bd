import type { Readable } from "node:stream";

/** A command that was started. */
interface Command {
  output: Readable;
  kill: (signal: NodeJS.Signals) => void;
  ended: Promise<unknown>;
}

/** A command that follows the sources until it is stopped. */
export class Watcher {
  readonly #command: Command;

  private constructor(command: Command) {
    this.#command = command;
  }

  /**
   * Waits until a command says that it watches: what is edited before may be lost to it.
   * @throws Error with all that it said, when it ends before.
   */
  static async of(command: Command, ready: RegExp): Promise<Watcher> {
    let said = "";
    await new Promise<void>((resolve, reject) => {
      command.output.on("data", (chunk: Buffer) => {
        said += chunk.toString();
        if (ready.test(said)) resolve();
      });
      void command.ended.then(() => {
        reject(new Error(`it ended before it watched:\n${said}`));
      });
    });
    command.output.removeAllListeners("data").resume();
    return new Watcher(command);
  }

  async stop(): Promise<void> {
    this.#command.kill("SIGINT");
    await this.#command.ended;
  }
}
