import { spawn } from "node:child_process";
import { existsSync, openSync, readFileSync } from "node:fs";
import { chmod, copyFile, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import which from "which";
import { userEnvironment } from "../../../provider/processes/user-environment.ts";
import { UserError } from "../../../provider/processes/errors.ts";
import { cacheFolder, display } from "../../../machine/paths.ts";
import { run } from "../../../machine/run.ts";
import type { Step } from "../../../machine/step.ts";
import { canInstallPackages, installPackages } from "../apt.ts";
import { lacksSysResource } from "./capabilities.ts";
import { dockerAnswers } from "./docker-build.ts";
import { runcScript } from "./folders.ts";

/** What belongs to the engine that set-up starts itself. */
const folder = join(cacheFolder, "docker");
const logPath = join(folder, "dockerd.log");
const pidPath = join(folder, "dockerd.pid");

const startTimeout = 60_000;

/**
 * The step that makes sure of a Docker Engine that answers. One that is there is used and never touched; on Debian as
 * root, a missing one is installed, and one that no service manager runs is started by hand. It goes on running after
 * set-up.
 */
export const ensureDockerEngine = (): Step => ({
  title: "Docker Engine",
  isDone: dockerAnswers,
  run: async (report) => {
    if (await dockerAnswers()) return;
    refuseOthersEngine();
    if (!(await isInstalled("dockerd"))) await installPackages(["docker.io", "iptables"], report);
    if (!(await isInstalled("docker"))) await installPackages(["docker-cli"], report);
    await start(report);
  },
});

/** What the user chose, or what another program runs, is theirs to start. */
const refuseOthersEngine = (): void => {
  const chosen = userEnvironment(process.env)["DOCKER_HOST"];
  if (chosen !== undefined && chosen !== "") {
    throw new UserError(
      `Docker does not answer at ${chosen}, which DOCKER_HOST names.`,
      "Start it, or unset DOCKER_HOST, then run the same command again.",
    );
  }
  if (!canInstallPackages()) {
    throw new UserError(
      "Docker does not answer, and set-up can start it only as root on Debian.",
      "Start Docker Desktop, or `sudo systemctl start docker`, and see that `docker version` names a server.",
    );
  }
};

const isInstalled = async (command: string): Promise<boolean> =>
  (await which(command, { path: searchPath(), nothrow: true })) !== null;

/** Debian keeps services where users need not have them on PATH. */
const searchPath = (): string => `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin`;

const start = async (report: (line: string) => void): Promise<void> => {
  if (existsSync("/run/systemd/system")) {
    await run("start Docker", "systemctl", ["start", "docker"], { next: "See `journalctl --unit docker`.", report });
  } else {
    await startByHand(report);
  }
  await waitForAnswer(report);
};

const startByHand = async (report: (line: string) => void): Promise<void> => {
  await mkdir(folder, { recursive: true });
  // After a crash or a restart of the machine its number may belong to another process, and Docker would refuse to
  // start.
  if (!isRunning()) await rm(pidPath, { force: true });
  const log = openSync(logPath, "a");
  const daemon = spawn("dockerd", ["--pidfile", pidPath, ...(await runtimeArguments(report))], {
    env: { ...userEnvironment(process.env), PATH: searchPath() },
    // A session of its own, so that neither Ctrl-C nor the end of set-up ends it.
    detached: true,
    stdio: ["ignore", log, log],
  });
  daemon.on("error", () => undefined);
  daemon.unref();
};

const isRunning = (): boolean => {
  try {
    return readFileSync(`/proc/${readFileSync(pidPath, "utf8").trim()}/comm`, "utf8").trim() === "dockerd";
  } catch {
    return false;
  }
};

const runtimeArguments = async (report: (line: string) => void): Promise<string[]> => {
  if (!lacksSysResource()) return [];
  if (!(await isInstalled("jq"))) await installPackages(["jq"], report);
  // A copy, because the engine must outlive this checkout.
  const script = join(folder, "todo-stack-runc");
  await copyFile(runcScript, script);
  await chmod(script, 0o755);
  return ["--add-runtime", `todo-stack=${script}`, "--default-runtime", "todo-stack"];
};

const waitForAnswer = async (report: (line: string) => void): Promise<void> => {
  const end = Date.now() + startTimeout;
  while (Date.now() < end) {
    if (await dockerAnswers()) return;
    report("waiting for the engine to answer");
    await sleep(500);
  }
  throw new UserError(
    `The Docker Engine was started and does not answer.${lastLines()}`,
    `Fix what its log says, then run the same command again. Log: ${display(logPath)}`,
  );
};

const lastLines = (): string => {
  if (!existsSync(logPath)) return "";
  return ["", ...readFileSync(logPath, "utf8").trimEnd().split("\n").slice(-6)].join("\n    ");
};
