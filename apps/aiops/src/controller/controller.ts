import { diagnose } from "../diagnosis/all-findings.ts";
import type { Finding } from "../diagnosis/finding.ts";
import { reasonOf } from "../kubernetes/refusal.ts";
import type { Action } from "../remedies/action.ts";
import { choose } from "../remedies/choose.ts";
import { beforeOf } from "../remedies/judge.ts";
import { planOf } from "../remedies/remedy-plan.ts";
import type { Plan } from "../remedies/remedy-plan.ts";
import { remediate } from "../remedies/remediation.ts";
import type { Means } from "../remedies/remediation.ts";
import { display } from "../diagnosis/snapshot.ts";
import type { Snapshot } from "../diagnosis/snapshot.ts";
import { hintsFor } from "./log-hints.ts";
import { end, incidentOf, leaveToPerson, note, wordsOf } from "../incidents/incident.ts";
import type { Incident } from "../incidents/incident.ts";
import type { Incidents } from "./kept-incidents.ts";
import { defaultPatience } from "./deciding/patience.ts";
import type { Patience } from "./deciding/patience.ts";
import { permissionFor } from "./deciding/permission.ts";
import { isAgreed, isStillMeant, questionOf } from "../incidents/question.ts";
import type { Question } from "../incidents/question.ts";
import { isReleaseStuck } from "./rendered-objects.ts";
import { Rests } from "./deciding/rests.ts";
import { goOn } from "./resume.ts";
import type { Outcome } from "./resume.ts";
import type { Settings } from "./settings.ts";
import { log, newsOf } from "./telling/tell.ts";
import type { Tell } from "./telling/tell.ts";

/** What the controller works with. */
export interface Parts {
  means: Means;
  incidents: Incidents;
  settings: Pick<Settings, "mode" | "policy" | "released" | "approvals">;
  isLeader: () => boolean;
  tell: Tell;
  patience?: Patience;
}

/** Looks, names what is wrong, does what the policy allows, and writes it all down. Only the leader does. */
export class Controller {
  readonly #parts: Parts;
  readonly #patience: Patience;
  /** Since when something has been wrong, or gone, by finding. */
  readonly #wrongSince = new Map<string, number>();
  readonly #goneSince = new Map<string, number>();
  readonly #rests: Rests;
  #leads = false;
  #isTurning = false;
  /** What is being done. */
  #work: Promise<void> | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#patience = parts.patience ?? defaultPatience;
    this.#rests = new Rests(this.#patience);
  }

  /** One look at everything. Does nothing while another one goes on. What fails is tried again in the next one. */
  async turn(): Promise<void> {
    if (this.#isTurning) return;
    this.#isTurning = true;
    try {
      if (this.#parts.isLeader()) await this.#look();
      else this.#leads = false;
    } catch (error) {
      log({ event: "failed", why: reasonOf(error) });
      // What was written down last is the truth.
      this.#leads = false;
    } finally {
      this.#isTurning = false;
    }
  }

  /** Waits until what is being done has come to its end. */
  async rest(): Promise<void> {
    await this.#work;
  }

  async #look(): Promise<void> {
    if (!this.#leads) {
      // What was begun before ends first: it notices by itself that it may not go on.
      if (this.#work !== undefined) return;
      await this.#takeOver();
    }
    const { cluster, readReleased } = this.#parts.means;
    const snapshot = await cluster.snapshot(readReleased());
    const findings = diagnose(snapshot);
    await this.#open(findings, snapshot);
    await this.#close(findings);
    for (const finding of findings) {
      const incident = this.#parts.incidents.open().find((each) => each.finding === finding.id);
      if (incident === undefined || this.#work !== undefined) continue;
      const { state, question } = incident;
      const isWaiting = state === "told" && !isAgreed(question, snapshot, this.#parts.settings.approvals);
      if (state !== "acting" && !isWaiting) await this.#consider(incident, finding, snapshot);
    }
  }

  /** Goes on with what another controller, or this one before it was started again, has begun. */
  async #takeOver(): Promise<void> {
    const { incidents } = this.#parts;
    await incidents.load();
    this.#leads = true;
    log({ event: "leads", open: incidents.open().map(({ finding }) => finding) });
    // Another mode or policy may say something else.
    for (const incident of incidents.open()) if (incident.state === "told") incident.state = "open";
    const begun = incidents.open().find(({ state }) => state === "acting");
    if (begun !== undefined) this.#begin(begun, () => goOn(begun, this.#parts.means));
  }

  async #open(findings: Finding[], snapshot: Snapshot): Promise<void> {
    const ids = new Set(findings.map(({ id }) => id));
    for (const id of this.#wrongSince.keys()) if (!ids.has(id)) this.#wrongSince.delete(id);
    this.#rests.keep(ids);
    for (const finding of findings) {
      const since = this.#wrongSince.get(finding.id) ?? Date.now();
      this.#wrongSince.set(finding.id, since);
      const { means, incidents, tell } = this.#parts;
      if (Date.now() - since < this.#patience.found) continue;
      if (incidents.open().some((each) => each.finding === finding.id)) continue;
      const incident = incidentOf(finding, since);
      incidents.add(incident);
      for (const hint of await hintsFor(means.cluster, finding, snapshot)) note(incident, `A log says that ${hint}.`);
      await incidents.save();
      await tell("Found", incident, finding.summary);
    }
  }

  async #close(findings: Finding[]): Promise<void> {
    const { incidents, tell } = this.#parts;
    for (const incident of incidents.open()) {
      const isWrong = incident.state === "acting" || findings.some(({ id }) => id === incident.finding);
      if (isWrong) {
        this.#goneSince.delete(incident.finding);
        continue;
      }
      const since = this.#goneSince.get(incident.finding) ?? Date.now();
      this.#goneSince.set(incident.finding, since);
      if (Date.now() - since < this.#patience.gone) continue;
      this.#goneSince.delete(incident.finding);
      const isTouched = incidents.appliedFor(incident.finding).some((at) => at >= Date.parse(incident.opened));
      end(incident, "gone", isTouched ? "It is gone by now." : "It is gone, without a change by this controller.");
      await incidents.save();
      await tell("Gone", incident, `${incident.finding} is gone.`);
    }
  }

  /** Does something about an incident, or says why not. */
  async #consider(incident: Incident, finding: Finding, snapshot: Snapshot): Promise<void> {
    const { means, incidents, settings } = this.#parts;
    if (this.#rests.isResting(finding.id)) return;
    const at = new Date().toISOString();
    const action = choose(finding, snapshot, at);
    if ("refused" in action) {
      if (incident.state === "untreatable") return;
      await this.#needsPerson(incident, `${action.refused} Next: ${action.next}`);
      incident.state = "untreatable";
      return;
    }
    const what = `${action.type} ${display(action.object)}`;
    if (settings.mode === "watch") {
      await this.#needsPerson(incident, `It only watches. It could ${what}.`);
      return;
    }
    const attempts = incidents.attempts();
    const decision = permissionFor(incident, finding, action, snapshot, { attempts, settings });
    if (decision.decision === "wait") {
      if (incident.state === "untreatable" || !isReleaseStuck(snapshot, settings.released)) return;
      const why = "It looks as if a release had been under way for more than half an hour.";
      await this.#needsPerson(incident, `Not done: ${what}. ${why} Next: npx pulumi up`);
      incident.state = "untreatable";
      return;
    }
    if (decision.decision === "tell") {
      await this.#needsPerson(incident, `Not done: ${what}. ${decision.why}`);
      return;
    }
    if (decision.decision === "ask") {
      await this.#ask(incident, finding, action, at, snapshot);
      return;
    }
    const plan = planOf(finding, action, at);
    const object = await means.cluster.read(action.object).catch(() => undefined);
    incident.state = "acting";
    delete incident.question;
    incident.work = { plan, generation: object?.metadata?.generation, before: beforeOf(snapshot), applied: false };
    note(incident, `Planned: ${wordsOf(action)}`);
    // Before anything is done: whoever takes over must know.
    await incidents.save();
    await this.#parts.tell("Acting", incident, `${what}, because of ${finding.summary}`);
    this.#begin(incident, () => this.#remediate(plan, incident));
  }

  /** Asks a person, once for the same: a controller that takes over goes on waiting for the answer. */
  async #ask(incident: Incident, finding: Finding, action: Action, at: string, snapshot: Snapshot): Promise<void> {
    if (incident.question !== undefined && isStillMeant(incident.question, finding, snapshot)) {
      incident.state = "told";
      return;
    }
    const question = questionOf(finding, action, at);
    const { code, what } = question;
    await this.#needsPerson(incident, `To agree to ${what}, type: npm run aiops -- approve ${code}`, question);
  }

  async #remediate(plan: Plan, incident: Incident): Promise<Outcome> {
    const { means } = this.#parts;
    const result: Outcome = { state: "applying", outcome: "" };
    await remediate(plan, means, (state, outcome) => Object.assign(result, { state, outcome }));
    // Nobody answered: it may have been done all the same.
    const isUnsure = result.state === "refused" && incident.work?.applied === true;
    return isUnsure ? await goOn(incident, means) : result;
  }

  async #needsPerson(incident: Incident, why: string, question?: Question): Promise<void> {
    leaveToPerson(incident, why, question);
    await this.#parts.incidents.save();
    await this.#parts.tell("NeedsPerson", incident, `${incident.summary} ${why}`);
  }

  #begin(incident: Incident, work: () => Promise<Outcome>): void {
    this.#work = work()
      .then((result) => this.#finish(incident, result))
      .catch((error: unknown) => {
        log({ event: "interrupted", finding: incident.finding, why: reasonOf(error) });
        // Read again what was written down, and go on with it, if this controller still leads.
        this.#leads = false;
      })
      .finally(() => (this.#work = undefined));
  }

  async #finish(incident: Incident, { state, outcome }: Outcome): Promise<void> {
    const { incidents, tell } = this.#parts;
    const refused = this.#rests.after(incident.finding, state);
    if (state === "fixed") end(incident, "repaired", outcome);
    else {
      note(incident, outcome);
      delete incident.work;
      incident.state = state === "told" ? "told" : "open";
      if (refused !== undefined) incident.state = "untreatable";
    }
    await incidents.save();
    const news = refused === "now" ? "NeedsPerson" : newsOf(state);
    if (news !== undefined) await tell(news, incident, outcome);
  }
}
