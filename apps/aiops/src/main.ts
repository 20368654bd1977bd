import "./console.ts";
import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { Audit } from "./audit.ts";
import { OperationError } from "./operation-error.ts";
import { serveHttp } from "./protocol-http.ts";
import { Cluster } from "./kubernetes/cluster-reads.ts";
import { Operations } from "./operations.ts";
import { readReleased } from "./diagnosis/released-objects.ts";
import { defaultLimits } from "./remedies/remediation.ts";
import { createServer } from "./server.ts";

/** Standard output belongs to the protocol. */
const say = (text: string): void => console.error(text);

const options = {
  kubeconfig: { type: "string" },
  context: { type: "string" },
  namespace: { type: "string" },
  released: { type: "string" },
  chart: { type: "string" },
  state: { type: "string" },
  http: { type: "boolean", default: false },
  port: { type: "string", default: "30777" },
} as const;

const main = async (): Promise<void> => {
  const { kubeconfig, context, namespace, released, chart, state, http, port } = parseArgs({ options }).values;
  if (kubeconfig === undefined || context === undefined || namespace === undefined || state === undefined) {
    throw new OperationError("--kubeconfig, --context, --namespace and --state are needed.", "npm run aiops");
  }
  const cluster = await Cluster.connect({ kubeconfig, context, namespace });
  say(`Namespace ${namespace} of ${context} (${cluster.uid}). Rights: ${cluster.rights}.`);
  const audit = new Audit(join(state, "aiops-audit.jsonl"));
  const readLatest = () => (released === undefined ? undefined : readReleased(released));
  const means = { cluster, audit, readReleased: readLatest, limits: defaultLimits };
  const operations = new Operations(means, join(state, "aiops-questions"), chart);
  if (!http) {
    serveStdio(() => createServer(operations));
    return;
  }
  const file = join(state, "aiops-token");
  const tokens = new Map([["who started it", tokenIn(file)]]);
  await serveHttp(() => createServer(operations), { port: Number(port), tokens });
  say(`http://127.0.0.1:${port}/mcp, with the header "Authorization: Bearer TOKEN". The token is in ${file}.`);
};

/** The token stays the same, so that a client need be told once. */
const tokenIn = (file: string): string => {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    const token = randomBytes(32).toString("base64url");
    writeFileSync(file, `${token}\n`, { mode: 0o600, flag: "wx" });
    return token;
  }
};

try {
  await main();
} catch (error) {
  say(error instanceof OperationError ? error.message : String(error));
  process.exitCode = 1;
}
