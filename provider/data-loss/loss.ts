import { writeFileSync } from "node:fs";
import type { Contents } from "./contents.ts";
import type { Engine } from "../engine/engine-log.ts";
import { UserError } from "../processes/errors.ts";
import type { Save } from "./save-by-node.ts";

/** The variable by which a person agrees to losses: one or more of {@link Loss.id}, with spaces between. */
export const agreementVariable = "TODO_STACK_LOSE";

/** The variable that names a file into which a loss is written that nobody has agreed to, for who can ask a person. */
export const reportVariable = "TODO_STACK_LOSS_REPORT";

/** What the program tells a resource that holds data. It is kept in no state. */
export interface Holder {
  /** Whether the program runs in a preview, which is told of a loss and not refused. */
  isPreview: boolean;
  /** How to find out what is in it. */
  contents?: Contents;
  /** What a person types about its data. */
  toType?: ToType;
  /** How a person saves its data where no command of the program can. */
  save?: Save;
}

/** What a person types about data that are about to be lost. */
export interface ToType {
  /** Saves them. */
  keep: string;
  /** Puts back what was saved. */
  restore: string;
  /** Goes on, and takes them along. */
  keepAtOnce: string;
  /** Goes on, and loses them. */
  lose: string;
}

/** Data that go with a resource. */
export interface Loss {
  /** Names exactly these data, and no later ones of the same name: `cluster/PROFILE/1a2b3c4d`. */
  id: string;
  /** What will be lost and why, in a sentence. */
  what: string;
  /** How to keep them, in a sentence, where the program cannot. */
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
  #holder: Holder | undefined;

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
    this.#holder = holder;
  }

  /** How to find out what is in a resource, if the program says so. */
  get contents(): Contents | undefined {
    return this.#holder?.contents;
  }

  /** How a person saves what is in a resource, if the program says so. */
  get save(): Save | undefined {
    return this.#holder?.save;
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
    // What nobody but the resource knows how to keep, the program cannot take along.
    const toType = keep === undefined ? this.#holder?.toType : undefined;
    if (this.#isPreview) {
      this.#engine.warn(urn, `${what} ${keep ?? inPreview(toType)} ${await contents()}`);
      return;
    }
    if (this.hasAgreement(id)) return;
    const report = this.#env[reportVariable];
    const first = toType === undefined ? copyFirst : `To keep them, first: ${toType.keep}.`;
    const why = `${what} ${await contents()} ${keep ?? first}`;
    if (report !== undefined) writeFileSync(report, JSON.stringify({ id, what: why, keep }), { mode: 0o600 });
    const along = toType === undefined ? "" : `To take them along, type: ${toType.keepAtOnce}. `;
    const lose = this.#holder?.toType === undefined ? "" : `, or type: ${this.#holder.toType.lose}`;
    throw new UserError(
      why,
      `Nobody has confirmed that, so they are kept. ${along}` +
        `To lose them, set ${agreementVariable}=${id} and type the same command again${lose}`,
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

const copyFirst = "To keep them, first copy them to another place.";

const inPreview = (toType: ToType | undefined): string =>
  toType === undefined
    ? copyFirst
    : `To keep them, now: ${toType.keep}. Afterwards: ${toType.restore}. Or in one go: ${toType.keepAtOnce}.`;
