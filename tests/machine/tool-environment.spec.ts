import assert from "node:assert/strict";
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { createFixture } from "fs-fixture";
import { developmentVariable } from "../../components/lib/development.ts";
import { pluginEnvironment, silentVariable } from "../../provider/processes/user-environment.ts";
import { bringsPassphrase, environment, toolEnvironment } from "../../machine/tool-environment.ts";
import { backendUrl, checkout, minikubeHome, passphraseFile, pulumiHome, stateFolder } from "../../machine/paths.ts";

describe("the environment of the stack's tools", () => {
  it("keeps Pulumi's and Minikube's data in places of the stack, whatever the user has set", () => {
    const env = environment({
      PULUMI_HOME: "/home/user/.pulumi",
      PULUMI_BACKEND_URL: "s3://a-company",
      MINIKUBE_HOME: "/home/user/.minikube",
    });
    assert.equal(env.PULUMI_HOME, pulumiHome);
    assert.equal(env.PULUMI_BACKEND_URL, `file://${stateFolder}`);
    assert.equal(env.MINIKUBE_HOME, minikubeHome);
  });

  it("says where the state is by a URL that Pulumi can read, whatever the checkout's folder is called", () => {
    assert.equal(backendUrl('/home/user/c# 100%?/it\'s "é"'), 'file:///home/user/c%23 100%25%3F/it\'s "é"');
    assert.equal(
      backendUrl("/home/user/a+b~&"),
      "file:///home/user/a+b~&",
      "Pulumi knows the selected stack by this text",
    );
  });

  it("tells Pulumi the checkout's own path, where it was entered by a link", () => {
    assert.equal(environment({ PWD: "/home/user/link" }).PWD, process.cwd());
  });

  it("never finds the pulumi of a checkout, which would start itself for ever", async () => {
    await using folder = await createFixture();
    const link = folder.getPath("link");
    await symlink(checkout, link);
    for (const root of [checkout, link]) {
      const env = environment({ PATH: `${join(root, "node_modules", ".bin")}:/usr/bin` });
      assert.ok(!env.PATH?.includes("node_modules"), env.PATH);
      assert.ok(env.PATH?.endsWith("/usr/bin"), "the user's PATH must be kept, after the stack's tools");
    }
  });

  it("W1: leaves out what brings a stack up for development, which is for `npm run dev` alone", () => {
    assert.equal(environment({ [developmentVariable]: "true" })[developmentVariable], undefined);
  });

  it("does not say that the cluster is silent, which only a preview is told once that was found out", () => {
    assert.equal(environment({ [silentVariable]: "true" })[silentVariable], undefined);
  });

  it("stays as it is when taken twice", () => {
    const once = environment({ PATH: "/usr/bin:/bin" });
    assert.deepEqual(environment(once), once);
  });

  it("lets every Node that Pulumi starts keep what it has compiled, in the checkout or where the user says", () => {
    assert.equal(environment({}).NODE_COMPILE_CACHE, join(checkout, "node_modules", ".cache", "compile"));
    assert.equal(environment({ NODE_COMPILE_CACHE: "/elsewhere" }).NODE_COMPILE_CACHE, "/elsewhere");
  });

  it("uses the passphrase of this checkout", () => {
    assert.equal(environment({}).PULUMI_CONFIG_PASSPHRASE_FILE, passphraseFile);
  });

  for (const [title, user] of [
    ["a passphrase", { PULUMI_CONFIG_PASSPHRASE: "" }],
    ["a passphrase file", { PULUMI_CONFIG_PASSPHRASE_FILE: "/home/user/passphrase" }],
  ] as const) {
    it(`leaves ${title} of the user's alone`, () => {
      const env = environment(user);
      assert.equal(bringsPassphrase(user), true);
      assert.deepEqual(
        [env.PULUMI_CONFIG_PASSPHRASE, env.PULUMI_CONFIG_PASSPHRASE_FILE],
        [
          (user as NodeJS.ProcessEnv).PULUMI_CONFIG_PASSPHRASE,
          (user as NodeJS.ProcessEnv).PULUMI_CONFIG_PASSPHRASE_FILE,
        ],
      );
    });
  }

  it("leaves out what would change what the tools do", () => {
    const user = {
      HELM_DRIVER: "configmap",
      HELM_NAMESPACE: "production",
      MINIKUBE_CNI: "calico",
      MINIKUBE_DRIVER: "none",
      MINIKUBE_BASE_IMAGE: "other",
      KUBECONFIG: "/home/user/.kube/config",
      KUBECTL_APPLYSET: "true",
      DOCKER_CONTEXT: "production",
      DOCKER_DEFAULT_PLATFORM: "linux/arm64",
      DOCKER_BUILDKIT: "0",
      DOCKER_TLS_VERIFY: "1",
      BUILDKIT_HOST: "tcp://production",
      BUILDX_BUILDER: "other",
      COMPOSE_PROJECT_NAME: "other",
      GOFLAGS: "-mod=vendor",
      GIT_DIR: "/elsewhere",
      PULUMI_SKIP_CONFIRMATIONS: "true",
      PULUMI_OPTION_TARGET: "urn",
      PULUMI_ACCESS_TOKEN: "hush",
      PULUMI_PARALLEL: "1",
      AWS_SECRET_ACCESS_KEY: "hush",
    };
    for (const env of [environment(user), toolEnvironment(user)]) {
      const own = environment({});
      assert.deepEqual(
        Object.entries(user).filter(([name, value]) => env[name] === value && own[name] !== value),
        [],
      );
    }
  });

  it("passes on what it takes to reach the network and to write to a terminal", () => {
    const user = {
      HTTPS_PROXY: "http://proxy:3128",
      SSL_CERT_FILE: "/ca.pem",
      NODE_EXTRA_CA_CERTS: "/ca.pem",
      LC_ALL: "C.UTF-8",
      XDG_CACHE_HOME: "/cache",
      TMPDIR: "/tmp/mine",
      HOME: "/home/user",
      TERM: "xterm",
      NO_COLOR: "1",
      CI: "true",
      EDITOR: "vi",
      VISUAL: "code --wait",
      TODO_STACK_KILLS: "40",
    };
    for (const env of [environment(user), toolEnvironment(user)]) assert.deepEqual({ ...env, ...user }, env);
  });

  it("keeps the user's settings of Docker from Pulumi's plugins alone", () => {
    const user = { DOCKER_CONFIG: "/home/user/.docker", DOCKER_CONTEXT: "production", PATH: "/bin" };
    const env = environment(user);
    assert.equal(toolEnvironment(user).DOCKER_CONFIG, user.DOCKER_CONFIG);
    assert.notEqual(env.DOCKER_CONFIG, user.DOCKER_CONFIG);
    // With it, the official plugin for Docker builds nothing at all.
    assert.equal("DOCKER_CONTEXT" in env, false);
    assert.equal(pluginEnvironment(env).DOCKER_CONFIG, user.DOCKER_CONFIG);
    assert.equal(pluginEnvironment(environment({ PATH: "/bin" })).DOCKER_CONFIG, undefined);
  });

  /** What only some programs may know: where packages are, how to be let in there, and that tests run on GitHub. */
  const forSome = {
    npm: {
      npm_config_registry: "https://npm.example",
      NPM_CONFIG_USERCONFIG: "/home/user/.npmrc",
      npm_config__authToken: "hush",
      "npm_config_//npm.example/:_authToken": "hush",
      NPM_TOKEN: "hush",
      NODE_AUTH_TOKEN: "hush",
    },
    python: {
      PIP_INDEX_URL: "https://user:hush@pypi.example/simple",
      UV_DEFAULT_INDEX: "https://user:hush@pypi.example/simple",
      UV_INDEX_PRIVATE_PASSWORD: "hush",
    },
    go: { GOPROXY: "https://user:hush@go.example", GOAUTH: "git", GOCACHE: "/cache/go", GOMODCACHE: "/cache/modules" },
    tests: {
      AIOPS_SCENARIOS: "all",
      AIOPS_ROUNDS: "5",
      GITHUB_ACTIONS: "true",
      GITHUB_STEP_SUMMARY: "/summary",
      RUNNER_TEMP: "/tmp/runner",
    },
    browsers: { PLAYWRIGHT_DOWNLOAD_HOST: "https://browsers.example" },
  } as const;
  const all: NodeJS.ProcessEnv = Object.assign({}, ...Object.values(forSome));

  for (const purpose of Object.keys(forSome) as (keyof typeof forSome)[]) {
    it(`lets programs for ${purpose}, and no others, know what these alone need`, () => {
      const env = toolEnvironment(all, purpose);
      assert.deepEqual(
        Object.fromEntries(Object.keys(all).flatMap((name) => (name in env ? [[name, env[name]]] : []))),
        {
          ...forSome[purpose],
        },
      );
    });
  }

  it("lets neither Pulumi nor a tool of the stack know any of that", () => {
    for (const env of [environment(all), toolEnvironment(all), pluginEnvironment(all)]) {
      assert.deepEqual(
        Object.keys(all).filter((name) => name in env),
        [],
      );
    }
  });

  it("lets no test know the token of GitHub", () => {
    assert.equal(toolEnvironment({ GITHUB_TOKEN: "hush" }, "tests").GITHUB_TOKEN, undefined);
  });

  for (const [host, kept] of [
    ["unix:///run/user/1/docker.sock", true],
    ["tcp://production:2376", false],
    ["ssh://production", false],
  ] as const) {
    it(`${kept ? "takes" : "leaves out"} the Docker engine at ${host}`, () => {
      assert.equal(toolEnvironment({ DOCKER_HOST: host }).DOCKER_HOST, kept ? host : undefined);
    });
  }

  it("undoes `minikube docker-env` of the user's shell", () => {
    const shell = { MINIKUBE_ACTIVE_DOCKERD: "other", DOCKER_HOST: "tcp://192.0.2.7:2376", DOCKER_TLS_VERIFY: "1" };
    assert.equal(toolEnvironment(shell).DOCKER_HOST, undefined);
    const before = { ...shell, MINIKUBE_EXISTING_DOCKER_HOST: "unix:///own.sock" };
    assert.equal(toolEnvironment(before).DOCKER_HOST, "unix:///own.sock");
  });

  it("gives the passphrase to Pulumi alone", () => {
    const user = { PULUMI_CONFIG_PASSPHRASE: "hush", PULUMI_CONFIG_PASSPHRASE_FILE: "/hush" };
    assert.deepEqual({ ...environment(user), ...user }, environment(user));
    assert.deepEqual(
      Object.keys(toolEnvironment(user)).filter((name) => name.startsWith("PULUMI_")),
      [],
    );
  });

  it("takes a passphrase file without a name for none", () => {
    assert.equal(bringsPassphrase({ PULUMI_CONFIG_PASSPHRASE_FILE: "" }), false);
    assert.equal(environment({ PULUMI_CONFIG_PASSPHRASE_FILE: "" }).PULUMI_CONFIG_PASSPHRASE_FILE, passphraseFile);
  });
});
