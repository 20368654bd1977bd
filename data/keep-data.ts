import { basename } from "node:path";
import type { Keeper } from "./loss-agreement.ts";
import type { DatabaseFacts } from "./dump.ts";
import { firstLine, UserError } from "../provider/processes/errors.ts";
import { typedFor } from "../components/lib/typed-for.ts";
import { Interrupted, interruptible } from "./interruption.ts";
import type { OrInterrupted } from "./interruption.ts";
import { forgetKept, readKept, writeKept } from "./kept-backup.ts";
import type { Saved } from "./kept-backup.ts";
import { asTyped } from "../machine/paths.ts";
import type { Opening, StoredData } from "./stored-data.ts";

/** What taking data along needs from outside. */
export interface Means {
  /** Opens the data of the stack. */
  open: (how: Opening) => Promise<StoredData>;
  /** Whether the data are in the cluster, and not in a database outside. */
  areInside: () => Promise<boolean>;
  /**
   * Keeps every other run from taking data of this stack along.
   * @returns what lets them.
   * @throws UserError when another one does.
   */
  alone: () => Promise<() => Promise<void>>;
  say: (line: string) => void;
  /** Where is written down what is under way. By default `.state`. */
  folder?: string;
}

/**
 * Runs Pulumi with somebody who takes data along.
 * @param work runs Pulumi, and gives its exit code.
 * @returns that exit code; 1 when the data could not be put back, which is told.
 */
export const keepingData = async (keeper: DataKeeper | undefined, work: () => Promise<number>): Promise<number> => {
  try {
    let code = 1;
    try {
      await keeper?.begin();
      code = await work();
    } finally {
      if (code !== 0) await keeper?.fail();
    }
    return code === 0 ? await endOf(keeper) : code;
  } finally {
    await keeper?.leave();
  }
};

/** Pulumi has done its work, so nothing that led to it may be undone, as after a work that was refused. */
const endOf = async (keeper: DataKeeper | undefined): Promise<number> => {
  try {
    await keeper?.end();
    return 0;
  } catch (error) {
    if (!(error instanceof UserError) || error instanceof Interrupted) throw error;
    console.error(`\n${error.message}`);
    return 1;
  }
};

/**
 * Takes the data of a stack along from one cluster or namespace to the next: saves them, lets Pulumi replace, puts them
 * back. At every moment the data are in the old database, in a backup, or in the new database.
 */
export class DataKeeper implements Keeper {
  readonly #stack: string;
  readonly #means: Means;
  /** Lets other runs take data along again. Undefined while this one does not. */
  #leave: (() => Promise<void>) | undefined;

  constructor(stack: string, means: Means) {
    this.#stack = stack;
    this.#means = means;
  }

  agreed(): string[] {
    const kept = this.#read();
    return kept?.saved === undefined ? [] : [kept.loss];
  }

  async canKeep(): Promise<boolean> {
    return await this.#means.areInside();
  }

  /** Before Pulumi runs: lets the application change data again when a run was killed that had not saved them yet. */
  async begin(): Promise<void> {
    // A database in the cluster that is not used now cannot be opened. It waits until it is used again.
    if (this.#read() === undefined || !(await this.#means.areInside())) return;
    await this.#enter();
    // Another run may have come to its end meanwhile.
    const kept = this.#read();
    if (kept === undefined) return;
    if (kept.saved !== undefined) {
      this.#means.say(
        `An earlier run has saved the data (${kept.saved.contents}), and has not put them back. This one goes on with it.`,
      );
      return;
    }
    // A database that is not there any more, or stopped, is found by the end.
    await this.#release(kept.loss).catch(() => undefined);
  }

  async save(loss: string): Promise<void> {
    await this.#enter();
    const why = (): Interrupted => new Interrupted("Interrupted.", "Nothing was changed.");
    await interruptible(why, (orInterrupted) => this.#save(loss, orInterrupted));
  }

  async #save(loss: string, orInterrupted: OrInterrupted): Promise<void> {
    const opening = this.#means.open("woken").catch((error: unknown) => {
      const earlier = this.#read()?.saved;
      const next =
        earlier === undefined ? "" : ` Those of before are not put back yet. ${whereIs(earlier, this.#stack)}`;
      throw new UserError(`The data cannot be taken along: ${firstLine(error)}`, `Nothing was changed.${next}`, error);
    });
    const data = await orInterrupted(opening);
    if (await this.#isSaved(data, loss)) return;
    this.#means.say("The data are being saved. Until they are put back, the application takes no changes.");
    this.#write({ loss });
    try {
      // Waited for in any case: it must not come after what allows changes again.
      await data.refuseChanges();
      const { contents, system } = await orInterrupted(data.facts());
      const file = await orInterrupted(data.save());
      const found = await orInterrupted(data.tryOut(file));
      if (found !== contents) {
        const what = `The backup ${asTyped(file)} holds ${found}, and the database ${contents}.`;
        throw new UserError(what, "Nothing was changed. Type the same command again.");
      }
      this.#write({ loss, saved: { file, contents, system } });
      this.#means.say(`Saved in ${asTyped(file)}, and tried: ${contents}.`);
    } catch (error) {
      await this.#release(loss, data).catch(() => undefined);
      throw error;
    }
  }

  /** After Pulumi has worked: puts the data back. @throws UserError that says where they are, and what to type. */
  async end(): Promise<void> {
    const kept = this.#own();
    if (kept === undefined) return;
    const { loss, saved } = kept;
    if (saved === undefined) await this.#release(loss);
    else {
      const why = (): Interrupted =>
        new Interrupted("Interrupted while the data were being put back.", whereIs(saved, this.#stack));
      await interruptible(why, (orInterrupted) => this.#end(loss, saved, orInterrupted));
    }
  }

  async #end(loss: string, saved: Saved, orInterrupted: OrInterrupted): Promise<void> {
    const data = await orInterrupted(
      this.#means.open("soon").catch((error: unknown) => failed(saved, this.#stack, error)),
    );
    const facts = await orInterrupted(data.facts().catch((error: unknown) => failed(saved, this.#stack, error)));
    if (facts.system === saved.system) {
      await this.#release(loss, data);
      this.#means.say(`The data are where they were, since nothing was replaced. ${asTyped(saved.file)} has them too.`);
      return;
    }
    await orInterrupted(this.#putBack(data, saved, facts));
    await orInterrupted(data.restartBackend());
    this.#forget();
    this.#means.say(`The data are taken along: ${saved.contents}. The backup stays: ${asTyped(saved.file)}.`);
  }

  /** After Pulumi has failed: lets the old application go on, if it is still there, else says where the data are. */
  async fail(): Promise<void> {
    const kept = this.#own();
    if (kept === undefined) return;
    const { loss, saved } = kept;
    try {
      const data = await this.#means.open("now");
      if (saved === undefined || (await data.facts()).system === saved.system) {
        await this.#release(loss, data);
        this.#means.say("The data are where they were, and the application takes changes again.");
        return;
      }
    } catch {
      // What cannot be reached now is looked at by the next run.
    }
    if (saved !== undefined) this.#means.say(`The data are not put back yet. ${whereIs(saved, this.#stack)}`);
  }

  /**
   * Whether the data that would be lost are saved already, by a run before. Those of an earlier loss that are not put
   * back yet are put back first.
   */
  async #isSaved(data: StoredData, loss: string): Promise<boolean> {
    const kept = this.#read();
    if (kept?.saved === undefined) return false;
    const facts = await data.facts();
    if (facts.system !== kept.saved.system) {
      await this.#putBack(data, kept.saved, facts);
      return false;
    }
    this.#write({ ...kept, loss });
    return true;
  }

  async #putBack(data: StoredData, saved: Saved, { origin, contents }: DatabaseFacts): Promise<void> {
    // A run that was killed may have done it.
    if (origin === basename(saved.file)) return;
    try {
      if (!isEmpty(contents)) {
        const other = await data.save();
        this.#means.say(`The new database holds ${contents} already. They are saved in ${asTyped(other)}.`);
      }
      await data.replaceBy(saved.file, saved.contents);
    } catch (error) {
      failed(saved, this.#stack, error);
    }
  }

  /** In this order, so that what is written down is complete as long as it says so. */
  async #release(loss: string, data?: StoredData): Promise<void> {
    this.#write({ loss });
    const opened = data ?? (await this.#means.open("now"));
    await opened.allowChanges();
    this.#forget();
  }

  /** Lets other runs take data along. Nothing is done after this. */
  async leave(): Promise<void> {
    await this.#leave?.();
    this.#leave = undefined;
  }

  async #enter(): Promise<void> {
    this.#leave ??= await this.#means.alone();
  }

  /** What is under way in this run, and not in another one. */
  #own = () => (this.#leave === undefined ? undefined : this.#read());
  #read = () => readKept(this.#stack, this.#means.folder);
  #write = (kept: Parameters<typeof writeKept>[1]) => writeKept(this.#stack, kept, this.#means.folder);
  #forget = () => forgetKept(this.#stack, this.#means.folder);
}

const whereIs = ({ file, contents }: Saved, stack: string): string =>
  `They are in ${asTyped(file)} (${contents}). To put them back, type: ${typedFor(stack, "npm start")}. ` +
  `Or, once the stack is up: ${typedFor(stack, `npm run restore -- ${asTyped(file)}`)}`;

const failed = (saved: Saved, stack: string, error: unknown): never => {
  throw new UserError(`The data are not put back: ${firstLine(error)}`, whereIs(saved, stack), error);
};

const isEmpty = (contents: string): boolean => /^accounts: 0\b/.test(contents);
