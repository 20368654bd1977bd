import process from "node:process";
import { Listr, ListrLogger, type ListrTask, PRESET_TIMER, ProcessOutput } from "listr2";
import { endCommands } from "../machine/run.ts";
import type { Step } from "../machine/step.ts";

/**
 * Runs steps, with a line for each: what it is doing on a terminal, when it starts and ends elsewhere. Steps that
 * compile keep the processor busy, all others wait for the network and the disk: the two kinds run side by side, each
 * in the order given. The lines go to standard error, since standard output is that of the command: JSON, Markdown, or
 * a protocol.
 * @throws what the first step that fails throws, once no step runs any more.
 */
export const runSteps = async (steps: Step[]): Promise<void> => {
  const work = new Work(steps);
  const compiled = steps.filter(({ compiles }) => compiles === true);
  const others = steps.filter(({ compiles }) => compiles !== true);
  if (compiled.length === 0 || others.length === 0) {
    await list(steps.map((step) => work.task(step))).run();
    return;
  }
  await list(
    [
      lane("Programs that are compiled", work.tasks(compiled)),
      lane("What is downloaded, and images", work.tasks(others)),
    ],
    // The other lane has to end by itself, so that nothing is left half done.
    { concurrent: true, exitOnError: false },
  ).run();
  work.rethrow();
};

const lane = (title: string, tasks: ListrTask[]): ListrTask => ({
  title,
  task: (_, task) => task.newListr(tasks, { concurrent: false, exitOnError: true }),
});

const list = (
  tasks: ListrTask[],
  options: { concurrent?: boolean; exitOnError?: boolean } = {},
): { run: () => Promise<unknown> } => {
  const onTerminal = process.stderr.isTTY;
  const logger = new ListrLogger({ useIcons: !onTerminal, processOutput: new ProcessOutput(process.stderr) });
  const shown = { logger, timer: PRESET_TIMER };
  return new Listr(tasks, {
    ...options,
    renderer: onTerminal ? "default" : "simple",
    rendererOptions: { ...shown, collapseErrors: true, collapseSubtasks: false, showErrorMessage: false },
    fallbackRendererOptions: shown,
  });
};

/** The work of one run: which steps have ended, and whether one has failed. */
class Work {
  readonly #ends: Map<string, PromiseWithResolvers<undefined>>;
  #failure: { error: unknown } | undefined;

  constructor(steps: Step[]) {
    this.#ends = new Map(steps.map(({ title }) => [title, Promise.withResolvers<undefined>()]));
    // Nobody need wait for a step that fails.
    for (const { promise } of this.#ends.values()) promise.catch(() => undefined);
  }

  /** One line a step, and before a step that uses results of the other lane one that waits for them. */
  tasks(steps: Step[]): ListrTask[] {
    const awaited = new Set<string>();
    const own = steps.map(({ title }) => title);
    return steps.flatMap((step) => {
      const needs = (step.needs ?? []).filter((title) => this.#ends.has(title) && !own.includes(title));
      const fresh = needs.filter((title) => !awaited.has(title));
      for (const title of fresh) awaited.add(title);
      return [...(fresh.length > 0 ? [this.#wait(fresh)] : []), this.task(step)];
    });
  }

  task(step: Step): ListrTask {
    return {
      title: step.title,
      task: async (_, task) => {
        this.rethrow();
        try {
          await step.run((line) => {
            if (process.stderr.isTTY) task.output = line;
          });
        } catch (error) {
          this.#fail(error);
          this.rethrow();
        }
        this.#ends.get(step.title)?.resolve(undefined);
      },
    };
  }

  rethrow(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #wait(titles: string[]): ListrTask {
    return {
      title: `waiting for ${titles.join(" and ")}`,
      task: async () => {
        for (const title of titles) await this.#ends.get(title)?.promise;
      },
    };
  }

  /** The first failure is the one that is told: what fails after it does so because its command was ended. */
  #fail(error: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = { error };
    for (const { reject } of this.#ends.values()) reject(error);
    endCommands();
  }
}
