import { existsSync, readdirSync } from "node:fs";
import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createFixture } from "fs-fixture";
import { ClusterResource } from "../../provider/resources/cluster/cluster.ts";
import type { CheckedInputs, ClusterInputs, ClusterState } from "../../provider/resources/cluster/cluster.ts";
import { Commands } from "../../provider/processes/commands.ts";
import { ControlPlaneResource } from "../../provider/resources/cluster/control-plane.ts";
import type { ControlPlaneInputs } from "../../provider/resources/cluster/control-plane.ts";
import type { Engine } from "../../provider/engine/engine-log.ts";
import { agreementVariable, LossGuard } from "../../provider/data-loss/loss.ts";
import { Starts } from "../../provider/resources/cluster/cluster-starts.ts";
import { WorkersResource } from "../../provider/resources/cluster/workers.ts";
import { FakeApi } from "./fake-api.ts";
import { FakeCommands } from "../offline/stand-ins/fake-commands.ts";
import type { Call } from "../offline/stand-ins/fake-commands.ts";

/**
 * `docker` that keeps containers, volumes and networks as files named `container-todo`; a container's file holds its
 * state. Another engine has other containers, unless there is a file `id-of-container`.
 */
export const dockerScript = `
if [ -f "$folder/docker-is-down" ]; then cat "$folder/docker-is-down" >&2; exit 1; fi
if [ "$1" = context ]; then cat "$folder/docker-context" 2>/dev/null || echo unix:///run/docker.sock; exit; fi
case "$1 $2" in
"container exec") [ ! -f "$folder/exec-fails" ]; exit ;;
"container port") echo 127.0.0.1:49153; exit ;;
"ps --all") cat "$folder/users-of-volume" 2>/dev/null; exit ;;
"rm --force")
  rm -f "$folder/users-of-volume"
  [ "$3" != --volumes ] || rm -f "$folder/container-$4"
  exit ;;
"network create")
  [ ! -f "$folder/network-refused" ] || { echo "Pool overlaps with other one on this address space" >&2; exit 1; }
  for name in "$@"; do :; done
  touch "$folder/network-$name"
  exit ;;
"network connect"|"network disconnect") [ -f "$folder/network-todo" ]; exit ;;
"network rm") [ -f "$folder/container-$3" ] || rm -f "$folder/network-$3"; exit ;;
"volume rm") [ -f "$folder/users-of-volume" ] || rm -f "$folder/volume-$4"; exit ;;
esac
case "$*" in
*NetworkSettings*) cat "$folder/networks-of-$5" 2>/dev/null || echo null; exit ;;
*.mtu*) echo 1450; exit ;;
*.Id*) [ -f "$folder/container-$5" ] && { cat "$folder/id-of-container" 2>/dev/null || echo "in $(cat "$folder/engine" 2>/dev/null)"; }; exit ;;
"container cp"*) cat "$folder/authorized-keys" 2>/dev/null; exit ;;
esac
case "$*" in *.ID*) cat "$folder/engine" 2>/dev/null || echo engine-1; exit ;; esac
if [ "$1" = info ]; then cat "$folder/capacity"; exit; fi
for name in "$@"; do :; done
[ "$2" != unpause ] || { echo running > "$folder/$1-$name"; exit; }
case "$*" in
*StartedAt*) [ ! -f "$folder/$1-$name" ] || { echo "$(cat "$folder/$1-$name") 2026-01-02T03:04:05.6Z"; exit; } ;;
esac
cat "$folder/$1-$name" 2>/dev/null || {
  cat "$folder/no-such" >&2 2>/dev/null || echo "Error: No such $1: $name" >&2
  exit 1
}
`;

/** `minikube` that makes and removes such files. */
export const minikubeScript = `
name=$3
profile="$MINIKUBE_HOME/profiles/$name"
event() { printf '%s\\n' '{"type":"io.k8s.sigs.minikube.'"$1"'","data":{'"$2"'}}'; }
case "$1" in
start)
  [ -f "$profile/todo-stack.json" ] || { echo "started without a mark" >&2; exit 1; }
  # Docker starts no container whose network is gone.
  [ ! -f "$folder/networks-of-$name" ] || [ -f "$folder/network-$name" ] || { echo "network not found" >&2; exit 80; }
  echo running > "$folder/container-$name"
  if [ -f "$folder/start-fails" ]; then
    event error '"message":"no  space\\n left","advice":"Free some."'
    exit 80
  fi
  [ ! -f "$folder/start-hangs" ] || { touch "$folder/started"; exec sleep 60; }
  event step '"currentstep":"3","totalsteps":"19","message":"Pulling base image"'
  touch "$folder/volume-$name" "$folder/network-$name"
  [ ! -f "$KUBECONFIG" ] || { echo "would lose the certificates in $KUBECONFIG" >&2; exit 1; }
  cat "$folder/kubeconfig" > "$KUBECONFIG" 2>/dev/null || true
  mkdir -p "$MINIKUBE_HOME/machines/$name"
  for file in "$profile" "$MINIKUBE_HOME/machines/$name"; do
    [ -f "$file/config.json" ] || echo '{"made":true}' > "$file/config.json"
  done
  event step '"currentstep":"11","totalsteps":"19","message":"Preparing Kubernetes v1","name":"Preparing Kubernetes"'
  while [ -f "$folder/kubernetes-hangs" ]; do touch "$folder/daemon-runs"; sleep 0.1; done
  if [ -f "$folder/kubernetes-fails" ]; then
    event error '"message":"no etcd","advice":"Look."'
    exit 80
  fi
  ;;
delete)
  [ ! -f "$folder/delete-leaves-network" ] || { rm -rf "$profile" "$folder/container-$name" "$folder/volume-$name"; exit 0; }
  [ ! -f "$folder/delete-forgets" ] || { rm -r "$profile"; exit 0; }
  [ ! -f "$folder/users-of-volume" ] || { rm -rf "$profile" "$folder/container-$name" "$folder/network-$name"; exit 0; }
  rm -rf "$profile" "$MINIKUBE_HOME/machines/$name" "$folder/container-$name" "$folder/volume-$name" "$folder/network-$name"
  ;;
status) cat "$folder/status" ;;
update-context) cat "$folder/kubeconfig" > "$KUBECONFIG" 2>/dev/null || true ;;
kubectl)
  case "$*" in *" config view "*) cat "$KUBECONFIG"; exit ;; esac
  [ ! -f "$folder/kubectl-fails" ] || { cat "$folder/kubectl-fails" >&2; exit 1; }
  case "$*" in
  *" get pods --all-namespaces "*|*" get pods --namespace "*) cat "$folder/data-pods" ;;
  *" exec "*) cat "$folder/contents" ;;
  *" get nodes "*) cat "$folder/kubernetes-nodes" ;;
  *" delete node "*) sed -i "/$8/d" "$folder/kubernetes-nodes" ;;
  *" get "*) cat "$folder/ready-pods" ;;
  esac
  ;;
node)
  [ ! -f "$folder/node-$4-fails" ] || { echo "no room" >&2; exit 80; }
  cp "$profile/config.json" "$folder/config-at-$4"
  case "$4" in
  add)
    nodes=$(grep -o '"m[0-9]*"' "$profile/config.json" | tr -d '"')
    last=$(echo "$nodes" | tail -1 | tr -dc 0-9 | sed 's/^0//')
    next=m0$((\${last:-1} + 1))
    # What was kept of a machine is taken for one that has joined.
    [ -d "$MINIKUBE_HOME/machines/$name-$next" ] || echo "node/$name-$next" >> "$folder/kubernetes-nodes"
    mkdir -p "$MINIKUBE_HOME/machines/$name-$next"
    echo running > "$folder/container-$name-$next"
    printf '{"Nodes":[{"Name":""}' > "$profile/config.json"
    for each in $nodes $next; do printf ',{"Name":"%s"}' "$each" >> "$profile/config.json"; done
    printf ']}' >> "$profile/config.json" ;;
  start) echo running > "$folder/container-$name-$5" ;;
  esac
  ;;
docker-env) echo '{"DOCKER_HOST":"tcp://192.0.2.7:2376","DOCKER_TLS_VERIFY":"1"}' ;;
esac
`;

/** The URN of the cluster of a stack. */
export const urnOf = (stack: string): string => `urn:pulumi:${stack}::todo-stack::minikube:index:Cluster::todo`;

/** A machine with a Docker and a Minikube that only pretend, and the provider's cluster on it. */
export class FakeMachine {
  readonly urn = urnOf("test");
  readonly said: string[] = [];
  readonly warned: string[] = [];
  readonly progress: string[] = [];
  /** For each line of progress the name of the resource beside which it stands. */
  readonly beside: string[] = [];
  /** The starts of its clusters, as one run of the provider knows them. */
  readonly starts: Starts;
  /** The API server of every cluster on it. */
  readonly api: FakeApi;
  readonly #commands: FakeCommands;
  readonly #cancellation = new AbortController();
  readonly #engine: Engine = {
    inform: (_urn, line) => this.said.push(line),
    warn: (_urn, line) => this.warned.push(line),
    progress: (urn, line) => {
      this.progress.push(line);
      this.beside.push(urn.split("::").at(-1) ?? "");
    },
  };

  private constructor(commands: FakeCommands, api: FakeApi) {
    this.#commands = commands;
    this.api = api;
    this.starts = new Starts(this.#engine);
  }

  static async create(): Promise<FakeMachine> {
    const commands = await FakeCommands.create({ docker: dockerScript, minikube: minikubeScript });
    const machine = new FakeMachine(commands, await FakeApi.start());
    await mkdir(join(machine.folder, ".minikube"));
    await cp(machine.api.kubeconfig, join(machine.folder, "kubeconfig"));
    await cp(machine.api.certificate, join(machine.folder, ".minikube", "ca.crt"));
    await machine.file("capacity", `8 ${16_000 * 2 ** 20}`);
    await machine.file("ready-pods", "1");
    return machine;
  }

  /** The cluster resource in an environment that has these variables besides, by default for a `pulumi destroy`. */
  cluster(env: NodeJS.ProcessEnv = {}, isDestroy = true): ClusterResource {
    const all = { ...process.env, MINIKUBE_HOME: this.folder, ...env };
    const guard = new LossGuard(this.#engine, all, () => isDestroy);
    return new ClusterResource(new Commands(all, this.#cancellation.signal), this.#engine, all, this.starts, guard);
  }

  /** The Kubernetes resource. */
  controlPlane(): ControlPlaneResource {
    const all = { ...process.env, MINIKUBE_HOME: this.folder };
    return new ControlPlaneResource(new Commands(all, this.#cancellation.signal), this.#engine, this.starts);
  }

  /** The resource of further nodes. */
  workers(): WorkersResource {
    const all = { ...process.env, MINIKUBE_HOME: this.folder };
    return new WorkersResource(new Commands(all, this.#cancellation.signal), this.#engine);
  }

  /** Inputs of the Kubernetes of a cluster as the program gives them. */
  inputsOf({ profile, home, kubeconfig, instance, nodeStarted = "" }: ClusterState): ControlPlaneInputs {
    return { profile, home, kubeconfig, instance, nodeStarted };
  }

  get folder(): string {
    return this.#commands.folder;
  }

  /** The kubeconfig of the cluster `todo`. */
  get kubeconfig(): string {
    return join(this.folder, "todo.kubeconfig");
  }

  /** A variable by which a person agrees to lose what is in a cluster. */
  agreement(instance: string): NodeJS.ProcessEnv {
    return { [agreementVariable]: `cluster/todo/${instance}` };
  }

  /** Inputs of a cluster as the program gives them. */
  inputs(changes: Partial<ClusterInputs> = {}): ClusterInputs {
    return {
      profile: "todo",
      driver: "docker",
      cpus: 4,
      memory: 8192,
      ports: [],
      kubernetesVersion: "v1.34.4",
      containerRuntime: "docker",
      kubeconfig: this.kubeconfig,
      ...changes,
    };
  }

  /** The same, checked for a cluster that is not there yet. */
  async checked(changes: Partial<ClusterInputs> = {}): Promise<CheckedInputs> {
    return await this.cluster().check(this.urn, {}, this.inputs(changes));
  }

  /** The profile's folder. */
  profile(name = "todo"): string {
    return join(this.folder, ".minikube", "profiles", name);
  }

  /** Puts a file on the machine, for the fakes to find. */
  async file(name: string, text = ""): Promise<void> {
    await mkdir(dirname(join(this.folder, name)), { recursive: true });
    await writeFile(join(this.folder, name), text);
  }

  /** Stops Docker, as it looks from outside when its socket is gone. */
  async stopDocker(): Promise<void> {
    await this.file("docker-is-down", "Cannot connect: dial unix /run/docker.sock: no such file or directory\n");
  }

  async remove(name: string): Promise<void> {
    await rm(join(this.folder, name), { recursive: true, force: true });
  }

  /** Marks a profile as made by somebody. */
  async mark(mark: { owner: string; instance: string; made?: object }, name = "todo"): Promise<void> {
    await mkdir(this.profile(name), { recursive: true });
    await writeFile(join(this.profile(name), "todo-stack.json"), JSON.stringify(mark));
  }

  has(name: string): boolean {
    return existsSync(join(this.folder, name));
  }

  /** What there is in Docker. */
  inDocker(): string[] {
    return readdirSync(this.folder).filter((file) => /^(container|volume|network)-/.test(file));
  }

  /** Every call of minikube, `start` or the like, in order. */
  async minikubeCalls(): Promise<Call[]> {
    return await this.#commands.calls("minikube");
  }

  /** Every call of docker, in order. */
  async dockerCalls(): Promise<Call[]> {
    return await this.#commands.calls("docker");
  }

  /** The subcommands of minikube that were called, in order. */
  async didMinikube(): Promise<string[]> {
    return (await this.minikubeCalls()).map(({ args }) => args[0] ?? "");
  }

  /** As the user's Ctrl-C. */
  cancel(): void {
    this.#cancellation.abort();
  }

  /** A PATH on which there is neither Docker nor Minikube. */
  async emptyPath(): Promise<string> {
    return (await createFixture()).path;
  }

  async restore(): Promise<void> {
    this.#commands.restore();
    await this.api.stop();
  }
}
