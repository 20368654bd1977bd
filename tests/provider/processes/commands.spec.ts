import assert from "node:assert/strict";
import { Commands } from "../../../provider/processes/commands.ts";
import { FakeCommands } from "../../offline/stand-ins/fake-commands.ts";

describe("the programs that the provider starts", () => {
  let commands: FakeCommands;
  beforeEach(async () => {
    commands = await FakeCommands.create({ docker: "", helm: "", minikube: "" });
  });
  afterEach(() => commands.restore());

  /** The environment that each of them got. */
  const given = async (user: NodeJS.ProcessEnv): Promise<Record<string, string>[]> => {
    const all = new Commands({ PATH: process.env.PATH, ...user }, new AbortController().signal);
    const names = ["docker", "helm", "minikube"] as const;
    for (const name of names) assert.equal((await all.run(name, ["version"])).ok, true);
    return await Promise.all(names.map(async (name) => (await commands.calls(name))[0]?.env ?? {}));
  };

  it("see no passphrase, though Pulumi that starts the provider does", async () => {
    for (const env of await given({ PULUMI_CONFIG_PASSPHRASE: "hush", PULUMI_CONFIG_PASSPHRASE_FILE: "hush" })) {
      assert.doesNotMatch(JSON.stringify(env), /hush/);
    }
  });

  it("see nothing of the user's settings for them, also under a Pulumi that was started by hand", async () => {
    const user = {
      HELM_DRIVER: "configmap",
      HELM_KUBECONTEXT: "production",
      MINIKUBE_CNI: "calico",
      MINIKUBE_PROFILE: "production",
      KUBECONFIG: "/home/user/.kube/config",
      DOCKER_CONTEXT: "production",
      DOCKER_HOST: "ssh://production",
      DOCKER_DEFAULT_PLATFORM: "linux/arm64",
      BUILDX_BUILDER: "other",
    };
    for (const env of await given(user)) {
      assert.deepEqual(
        Object.keys(user).filter((name) => name in env),
        [],
      );
    }
  });

  it("see the network, and what Pulumi was told for Minikube", async () => {
    const decided = { https_proxy: "http://proxy:3128", MINIKUBE_HOME: "/home", MINIKUBE_FORCE: "true" };
    for (const env of await given(decided)) assert.deepEqual({ ...env, ...decided }, env);
  });
});
