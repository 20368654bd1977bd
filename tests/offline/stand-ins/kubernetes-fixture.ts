import { createFixture } from "fs-fixture";
import { Cluster } from "../../../offline/stand-ins/kubernetes/kubernetes-access.ts";
import { FakeCommands } from "./fake-commands.ts";
import { recordingEngine } from "./recording-engine.ts";
import type { RecordingEngine } from "./recording-engine.ts";

const kubeconfig = JSON.stringify({
  contexts: [{ name: "todo", context: { cluster: "todo" } }],
  clusters: [{ name: "todo", cluster: { server: "https://127.0.0.1:1" } }],
});

/** A configured cluster behind commands that a test scripts. */
export interface ClusterFixture {
  commands: FakeCommands;
  cluster: Cluster;
  engine: RecordingEngine;
  /** Path of the cluster's kubeconfig. */
  kubeconfig: string;
  controller: AbortController;
  cleanUp: () => Promise<void>;
}

/** @param scripts bodies of shell scripts for `kubectl` and `helm`. */
export async function clusterFixture(
  scripts: Record<string, string>,
  settings: Record<string, string> = {},
): Promise<ClusterFixture> {
  const commands = await FakeCommands.create({ kubectl: "", helm: "", ...scripts });
  const fixture = await createFixture({ kubeconfig });
  const controller = new AbortController();
  const cluster = new Cluster(controller.signal);
  const path = fixture.getPath("kubeconfig");
  await cluster.configure({ kubeconfig: path, context: "todo", ...settings });
  const cleanUp = async (): Promise<void> => {
    commands.restore();
    await fixture.rm();
  };
  return { commands, cluster, engine: recordingEngine(), kubeconfig: path, controller, cleanUp };
}
