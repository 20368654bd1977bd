import { join } from "node:path";
import type { PretendedCheckout } from "../../helpers/pretended/pretended-checkout.ts";

/** What a command does where data would be lost. `asked` means by its own question, which nobody answers here. */
export type Way = "asked" | "refused" | "harmless";

/** A command that runs an operation of Pulumi's engine. */
export interface Operation {
  args: string[];
  /** What it does at each loss, unless the loss says otherwise. */
  way: Way;
  /** Whether it takes `--target-replace`. */
  replaces?: boolean;
  /**
   * The losses it is tried with. By default several at once; a command that is another by a second name is tried with
   * one.
   */
  tried?: "with each" | "with one";
}

const cluster = "minikube:index:Cluster";

/** Commands of Pulumi that run an operation on the resources of a stack, by every name that they have. */
export const operations: Record<string, Operation> = {
  up: { args: ["up", "--yes", "--skip-preview"], way: "refused", replaces: true, tried: "with each" },
  update: { args: ["update", "--yes", "--skip-preview"], way: "refused", tried: "with one" },
  preview: { args: ["preview"], way: "harmless", replaces: true },
  pre: { args: ["pre"], way: "harmless", tried: "with one" },
  refresh: { args: ["refresh", "--yes", "--skip-preview"], way: "harmless" },
  // Without --yes: that is the answer to Pulumi's own question.
  destroy: { args: ["destroy"], way: "asked" },
  down: { args: ["down"], way: "asked", tried: "with one" },
  dn: { args: ["dn"], way: "asked", tried: "with one" },
};

/** Commands of this project that run an operation, or look at what there is. */
export const npmOperations: Record<string, Operation> = {
  start: { args: ["start"], way: "refused" },
  rotate: { args: ["rotate"], way: "refused" },
  scan: { args: ["scan"], way: "refused" },
  sbom: { args: ["sbom"], way: "refused", tried: "with one" },
  destroy: { args: ["destroy"], way: "asked" },
  stop: { args: ["stop"], way: "harmless" },
  status: { args: ["status"], way: "harmless" },
  doctor: { args: ["doctor"], way: "harmless" },
  rollback: { args: ["rollback", "1", "--yes"], way: "harmless" },
  backup: { args: ["backup"], way: "harmless" },
  restore: { args: ["restore", "backup.dump", "--yes"], way: "harmless" },
  "reset-password": { args: ["reset-password", "ann@example.com"], way: "harmless" },
};

/** Commands of this project that are tried on a real cluster, by the beginning of a title in a spec. */
export const onCluster: Record<string, { spec: string; title: string }> = {
  dev: { spec: "tests/full/data/losses.spec.ts", title: "npm run dev" },
  review: { spec: "tests/full/cli/review/workflow.spec.ts", title: "" },
  aiops: { spec: "tests/stack/aiops.spec.ts", title: "" },
  backup: { spec: "tests/stack/backup.spec.ts", title: "" },
  restore: { spec: "tests/full/stack/backup.spec.ts", title: "" },
};

/**
 * Commands of this project that have no way to the stack of a checkout: they are for its files, or for stacks of their
 * own.
 */
export const withoutStack = [
  "help",
  "setup",
  "test",
  "test:full",
  "test:cluster",
  "test:unit",
  "bench",
  "lint",
  "format",
  "typecheck",
];

type Line = (here: PretendedCheckout) => string[];

const words =
  (text: string): Line =>
  (here) =>
    text.split(" ").map((word) => (word === "CLUSTER" ? here.urnOf(cluster) : word));

/**
 * Commands of Pulumi that edit what it knows of stacks. An `up` that follows must not lose what they have forgotten.
 */
export const edits: Record<string, Line> = {
  "state remove": words("state delete --yes --force CLUSTER --target-dependents"),
  "state protect": words("state protect --yes CLUSTER"),
  "state unprotect": words("state unprotect --yes --all"),
  "state rename": words("state rename --yes CLUSTER another"),
  "state move": words("state move --yes --source test --dest test CLUSTER"),
  "state repair": words("state repair --yes"),
  "state taint": words("state taint --yes CLUSTER"),
  "state untaint": words("state untaint --yes --all"),
  "state upgrade": words("state upgrade --yes"),
  "stack new": words("stack init another"),
  "stack import": () => ["stack", "import", "--force", "--file", "exported.json"],
  "stack remove": words("stack rm --yes --force --preserve-config test"),
  "stack rename": words("stack rename another"),
  "stack select": words("stack select --create another"),
  "stack unselect": words("stack unselect"),
  "stack migrate": (here) => ["stack", "migrate", `file://${join(here.folder, ".state")}`, "test", "--yes"],
  "config set": words("config set todo-stack:monitoring false"),
  "config set-all": words("config set-all --plaintext todo-stack:monitoring=false"),
  "config remove": words("config rm todo-stack:monitoring"),
  "config remove-all": words("config rm-all todo-stack:monitoring"),
  "config copy": words("config cp --dest another"),
  "config refresh": words("config refresh --force"),
  cancel: words("cancel --yes"),
  import: words("import --yes --protect=false minikube:index:Cluster another todo"),
  logout: words("logout"),
};

/**
 * Commands of Pulumi that change no resource and no state: they show something, or work on files, packages or Pulumi
 * Cloud.
 */
export const others: Record<string, Line> = Object.fromEntries(
  [
    "about|about env|version|whoami|gen-completion bash|console|do show-resources|schema check package.json|watch --path nowhere",
    "stack|stack export|stack get|stack graph graph.dot|stack history|stack history events|stack list|stack output",
    "stack drift list|stack drift status|stack tag list|stack tag get x|stack tag set x y|stack tag remove x",
    "stack schedule list|stack schedule get x|stack schedule new|stack schedule edit x|stack schedule remove x",
    "stack webhook list|stack webhook get x|stack webhook new|stack webhook edit x|stack webhook ping x|stack webhook remove x",
    "stack webhook delivery|stack webhook delivery list x|stack webhook delivery redeliver x y|policy issue list",
    "state|state get CLUSTER|config|config get port|config env|config env add x|config env init|config env list|config env remove x",
    "login --cloud-url http://127.0.0.1:1|project|project list|project new|template|template list|template publish x",
    "deployment|deployment cancel x|deployment get x|deployment list|deployment log x|deployment run refresh|deployment settings",
    "deployment settings get|deployment settings edit",
    "policy|policy analyze|policy compliance list|policy disable x|policy enable x|policy group|policy group edit x",
    "policy group get x|policy group list|policy group new x|policy group remove x|policy install|policy issue get x",
    "policy list|policy new --help|policy publish|policy remove x",
    "plugin|plugin list|plugin install resource nothing 0.0.1 --server http://127.0.0.1:1|plugin remove --yes resource nothing",
    "plugin run nothing|package|package get-schema nowhere|package info nowhere|package gen-sdk nowhere|package publish nowhere",
    "package add nowhere -C nothing|package new --help|package remove nothing -C nothing|install -C nothing|new --help",
    "convert -C nothing --from nothing|logs|logs decrypt x|logs list|logs remove x|logs share x|schema",
  ]
    .join("|")
    .split("|")
    .map((line) => [line, words(line)]),
);
