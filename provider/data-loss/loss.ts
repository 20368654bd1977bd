import { writeFileSync } from "node:fs";
import type { Contents } from "./contents.ts";
import type { Engine } from "../engine/engine-log.ts";
import { stackOf } from "../cluster/ownership.ts";
import { UserError } from "../processes/errors.ts";
import { typedFor } from "../processes/typed-for.ts";

/** The variable by which a person agrees to losses: one or more of {@link Loss.id}, with spaces between. */
export const agreementVariable = "TODO_STACK_LOSE";

/** The variable that names a file into which a loss is written that nobody has agreed to, for who can ask a person. */
export const reportVariable = "TODO_STACK_LOSS_REPORT";

/** What the program tells a resource that holds data. It is kept in no state. */
export interface Holder {
  /** Whether the program runs in a preview, which is told of a loss and not refused. */
  isPreview: boolean;
  /** How to find out what is in it. */
  contents: Contents;
}

/** Data that go with a resource. */
export interface Loss {
  /** Names exactly these data, and no later ones of the same name: `cluster/todo/1a2b3c4d`. */
  id: string;
  /** What will be lost and why, in a sentence. */
  what: string;
  /** How to keep them, in a sentence, where `npm run backup` cannot. */
  keep?: string;
}

/**
 * Lets nothing be lost to which nobody has agreed. Every resource that holds data asks it before anything else is
 * changed.
 */
export class LossGuard {
  readonly #engine: Engine;
  readonly #env: NodeJS.ProcessEnv;
  readonly #isDestroy: () => boolean;
  /** What the resources hold that the program has registered in this run. */
  readonly #seen = new Map<string, string>();
  #isPreview = false;
  #contents: Contents | undefined;

  /** @param isDestroy says whether `pulumi destroy` runs, by which a person has asked for everything to go. */
  constructor(engine: Engine, env: NodeJS.ProcessEnv, isDestroy: () => boolean) {
    this.#engine = engine;
    this.#env = env;
    this.#isDestroy = isDestroy;
  }

  /**
   * Takes in what the program says. Comes before everything else that is asked about the resource in one run.
   * @param thing names what the resource holds, such as a cluster by its home and profile.
   */
  see(urn: string, holder: Holder | undefined, thing: string): void {
    this.#seen.set(urn, thing);
    // Who does not say that it is a preview may be about to change things.
    this.#isPreview = holder?.isPreview ?? false;
    this.#contents = holder?.contents;
  }

  /** How to find out what is in a resource, if the program says so. */
  get contents(): Contents | undefined {
    return this.#contents;
  }

  /** Whether the program has registered this resource in this run. */
  hasSeen(urn: string): boolean {
    return this.#seen.has(urn);
  }

  /**
   * Whether a program decides what is to be there. What it does not register, the engine deletes like what is replaced.
   * In `pulumi destroy`, with `--run-program` too, the engine checks no resource.
   */
  get hasProgram(): boolean {
    return this.#seen.size > 0 || !this.#isDestroy();
  }

  /** Whether the program has registered the same thing by another name, and so goes on with it. */
  hasOtherName(urn: string, thing: string): boolean {
    return [...this.#seen].some(([other, its]) => other !== urn && its === thing);
  }

  /** Whether a person has agreed to exactly this loss. */
  hasAgreement(id: string): boolean {
    return (this.#env[agreementVariable] ?? "").split(/[\s,]+/).includes(id);
  }

  /**
   * In a preview warns of a loss.
   * @param contents says in sentences what is in it, as far as that can be known. Called only where somebody reads it.
   * @throws UserError in anything but a preview, unless a person has agreed to it.
   */
  async protect(urn: string, { id, what, keep }: Loss, contents: () => Promise<string>): Promise<void> {
    const type = (command: string): string => typedFor(stackOf(urn), command);
    if (this.#isPreview) {
      const first =
        keep ??
        `To keep them, now: ${type("npm run backup")}. Afterwards: ${type("npm run restore -- backups/FILE")}. ` +
          `Or in one go: ${type("npm start -- --keep-data")}.`;
      this.#engine.warn(urn, `${what} ${first} ${await contents()}`);
      return;
    }
    if (this.hasAgreement(id)) return;
    const report = this.#env[reportVariable];
    const why = `${what} ${await contents()} ${keep ?? `To keep them, first: ${type("npm run backup")}.`}`;
    if (report !== undefined) writeFileSync(report, JSON.stringify({ id, what: why, keep }), { mode: 0o600 });
    throw new UserError(
      why,
      `Nobody has confirmed that, so they are kept. ${keep === undefined ? `To take them along, type: ${type("npm start -- --keep-data")}. ` : ""}` +
        `To lose them, set ${agreementVariable}=${id} and type the same command again, or type: ${type("npm start -- --yes")}`,
    );
  }

  /**
   * In a preview warns of what an `up` will refuse.
   * @throws UserError the given one, in anything but a preview.
   */
  refuse(urn: string, error: UserError): void {
    if (!this.#isPreview) throw error;
    this.#engine.warn(urn, `An up will be refused. ${error.message}`);
  }
}
