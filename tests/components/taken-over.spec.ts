import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { MockEngine } from "../helpers/pretended/mocks.ts";
import { planOf } from "./plan-of-minikube.ts";

const outputs = {
  "minikube:index:Cluster": {
    instance: "life-1",
    home: "/home/.minikube",
    dockerHost: "tcp://192.0.2.7:2376",
    dockerCertPath: "/certs",
  },
  "minikube:index:Namespace": { life: "life-1" },
  "minikube:index:ImagePresence": { builds: 1 },
  "minikube:index:ReleasePresence": { life: "life-1", repairs: 0 },
  "kubernetes:helm.sh/v3:Release": { status: { revision: 7 } },
  "random:index/randomPassword:RandomPassword": { result: "c0ffee" },
};

describe("a stack that was brought up before there were other targets", () => {
  it("is taken over as it is: the same resources, by the same names, with the same inputs", async () => {
    const engine = await MockEngine.start(outputs);
    pulumi.runtime.setAllConfig({ "todo-stack:monitoring": "true", "todo-stack:port": "30999" });
    // Another instance of the module than that of the other tests.
    const again = "../../index.ts?before";
    await import(again);
    await engine.settle();
    pulumi.runtime.setAllConfig({});
    const before = JSON.parse(readFileSync(join(import.meta.dirname, "plan-of-before.json"), "utf8")) as unknown[];
    assert.deepEqual(planOf(engine), before);
  });
});
