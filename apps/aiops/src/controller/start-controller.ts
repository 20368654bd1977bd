import { randomUUID } from "node:crypto";
import type { Server } from "node:http";
import type { KubeConfig, KubernetesObject } from "@kubernetes/client-node";
import { OperationError } from "../operation-error.ts";
import { Cluster } from "../kubernetes/cluster-reads.ts";
import { enter } from "../kubernetes/in-cluster.ts";
import { Informers } from "../kubernetes/informers.ts";
import { defaultLimits } from "../remedies/remediation.ts";
import type { Limits, Means } from "../remedies/remediation.ts";
import { nameOf } from "../diagnosis/snapshot.ts";
import type { Released, Snapshot } from "../diagnosis/snapshot.ts";
import { Alerts } from "./alerts.ts";
import { Controller } from "./controller.ts";
import type { Patience } from "./deciding/patience.ts";
import { serve } from "./doors.ts";
import type { Doors } from "./doors.ts";
import type { Incident } from "../incidents/incident.ts";
import { keptIn } from "../incidents/read-incidents.ts";
import { Incidents } from "./kept-incidents.ts";
import { defaultTerm, Leadership } from "./leadership.ts";
import type { Term } from "./leadership.ts";
import { Metrics } from "./telling/controller-metrics.ts";
import { asReleased } from "./rendered-objects.ts";
import { Requests } from "./requests.ts";
import type { Rhythm } from "./requests.ts";
import type { Settings } from "./settings.ts";
import { pageOf } from "./telling/page.ts";
import { log, tellByEvent } from "./telling/tell.ts";
import type { Tell } from "./telling/tell.ts";
import { tellByWebhook } from "./telling/webhook.ts";

/** How fast everything goes; tests are in a hurry. */
export interface Pace {
  term?: Term;
  limits?: Partial<Limits>;
  patience?: Patience;
  rhythm?: Partial<Rhythm>;
  /** Between two looks when nothing is heard of, in milliseconds; and how long is waited for more when something is. */
  look?: number;
  gather?: number;
  /** Between two tries of the webhook. */
  webhook?: { minTimeout: number };
}

/** A controller that runs. */
export interface Started {
  leadership: Leadership;
  incidents: Incidents;
  server: Server;
  /** Where assistants call; undefined where none may. */
  forAssistants: Server | undefined;
  /** Lets what is being done be, for the next controller to go on with, and gives the Lease back. */
  stop(): Promise<void>;
}

/**
 * Starts the controller of a namespace.
 * @param identity of this controller: no other has it.
 * @param port for probes, metrics and alerts; 0 for any free one.
 * @param assistantsPort for assistants, where they may call; 0 for any free one.
 * @throws OperationError when the namespace cannot be read.
 */
export const start = async (
  config: KubeConfig,
  settings: Settings,
  released: Released,
  {
    identity = randomUUID(),
    port = 8080,
    assistantsPort = 8081,
    pace = {},
  }: { identity?: string; port?: number; assistantsPort?: number; pace?: Pace },
): Promise<Started> => {
  const { namespace } = settings;
  const soon = turnSoon(() => controller.turn(), pace.gather ?? 250);
  const signals = signalsOf(config, settings, pace, ({ metadata }) => {
    // What the controller writes itself is no news.
    if (metadata?.name !== settings.incidents) soon.turn();
  });
  const leadership = new Leadership(config, { name: settings.lease, namespace }, identity, pace.term ?? defaultTerm);
  const isLeader = (): boolean => leadership.isLeader && signals.informers.isComplete;
  const incidents = new Incidents(config, { name: settings.incidents, namespace }, log);
  const means: Means = {
    cluster: await clusterOf(config, settings, signals, leadership),
    audit: incidents,
    readReleased: () => released,
    limits: limitsOf(pace),
    askAnew: () => signals.requests.askReadiness(),
    mayGoOn: isLeader,
    mayReplace: settings.policy.remedies.replace === "act",
  };
  const metrics = new Metrics(() => (isLeader() ? incidents.open() : []));
  const controller = new Controller({
    means,
    incidents,
    settings,
    isLeader,
    tell: metrics.counting(tellerOf(config, settings, pace)),
    ...(pace.patience === undefined ? {} : { patience: pace.patience }),
  });

  const server = await serve(doorsOf(signals, settings, metrics, controller), port);
  const forAssistants = await serverForAssistants(means, settings, assistantsPort);
  const running = [signals.informers, signals.requests, signals.alerts, leadership];
  for (const each of running) each.start();
  // Some things are wrong only once they have lasted.
  const looking = setInterval(() => void controller.turn(), pace.look ?? 2_000);
  log({ event: "started", mode: settings.mode, identity });

  return {
    leadership,
    incidents,
    server,
    forAssistants,
    stop: async () => {
      clearInterval(looking);
      soon.stop();
      signals.requests.stop();
      signals.alerts.stop();
      await leadership.stop();
      await controller.rest();
      await signals.informers.stop();
      for (const each of [server, forAssistants]) {
        each?.close();
        each?.closeAllConnections();
      }
    },
  };
};

/** Gathers what is heard of for some milliseconds, so that much news is one turn. */
const turnSoon = (turn: () => Promise<unknown>, gather: number): { turn: () => void; stop: () => void } => {
  let timer: NodeJS.Timeout | undefined;
  return {
    turn: () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        void turn();
      }, gather);
    },
    stop: () => clearTimeout(timer),
  };
};

/** Where the controller hears of what is so. */
interface Signals {
  informers: Informers;
  requests: Requests;
  alerts: Alerts;
}

const signalsOf = (
  config: KubeConfig,
  settings: Settings,
  pace: Pace,
  hear: (object: KubernetesObject) => void,
): Signals => {
  const informers = new Informers(config, settings.namespace, hear);
  const rhythm = { pause: 3_000, patience: 5_000, late: settings.lateMilliseconds, ...pace.rhythm };
  const requests = new Requests(settings.frontend, () => informers.objects().pods, rhythm);
  return { informers, requests, alerts: new Alerts(settings.prometheus) };
};

/** The cluster as the signals show it, which only the controller that leads may change. */
const clusterOf = async (
  config: KubeConfig,
  settings: Settings,
  { informers, requests, alerts }: Signals,
  leadership: Leadership,
): Promise<Cluster> =>
  Cluster.watchedBy(
    {
      objects: () => informers.objects(),
      readiness: () => requests.readiness(),
      answers: () => requests.answers(),
      alerts: () => alerts.firing(),
      asSeen: (snapshot) => asReleased(snapshot, settings.released),
      mustBeAllowedToChange: () => {
        if (settings.mode !== "act") throw new OperationError("This controller only watches.");
        if (!leadership.isLeader) throw new OperationError("This controller does not lead.");
      },
    },
    await enter(config, settings.namespace),
    settings.namespace,
  );

const limitsOf = (pace: Pace): Limits => ({
  ...defaultLimits,
  // The policy counts: what a person has agreed to is done all the same.
  attempts: Infinity,
  coolDown: 0,
  ...pace.limits,
});

const tellerOf = (config: KubeConfig, { namespace, lease, webhook }: Settings, pace: Pace): Tell => {
  const byEvent = tellByEvent(config, namespace, lease);
  return webhook === null ? byEvent : tellByWebhook(byEvent, webhook, namespace, pace.webhook);
};

const doorsOf = (
  { informers, alerts }: Signals,
  settings: Settings,
  metrics: Metrics,
  controller: Controller,
): Doors => ({
  isReady: () => informers.isComplete,
  metrics: () => metrics.read(),
  // What is written down, so that a controller that does not lead shows the same.
  page: () => pageOf(writtenDown(informers.objects(), settings), settings),
  takeAlerts: (body: unknown) => {
    alerts.take(body);
    void controller.turn();
  },
});

const writtenDown = ({ configMaps }: Pick<Snapshot, "configMaps">, settings: Settings): Incident[] =>
  keptIn(configMaps.find((each) => nameOf(each) === settings.incidents)?.data?.["incidents.json"]).incidents;

const serverForAssistants = async (means: Means, settings: Settings, port: number): Promise<Server | undefined> => {
  if (settings.assistants === null && settings.signIn === null) return undefined;
  // What speaks the protocol takes memory, and most controllers have nobody to speak to.
  const { serveAssistants } = await import("./assistants.ts");
  return await serveAssistants(means, settings, port);
};
