import { spawn } from "node:child_process";
import type { ServerWritableStream } from "@grpc/grpc-js";
import messages from "@pulumi/pulumi/proto/language_pb.js";
import type * as Messages from "@pulumi/pulumi/proto/language_pb.js";
import { userEnvironment } from "../../../provider/processes/user-environment.ts";

type Call = ServerWritableStream<Messages.InstallDependenciesRequest, Messages.InstallDependenciesResponse>;

/** Installs a program's npm packages and streams what npm says: what `pulumi install` asks a language host for. */
export async function installDependencies(call: Call, signal: AbortSignal): Promise<void> {
  const folder = call.request.getInfo()?.getProgramDirectory() ?? ".";
  const child = spawn("npm", ["install", "--loglevel=error"], {
    cwd: folder,
    env: userEnvironment(process.env, "npm"),
    stdio: ["ignore", "pipe", "pipe"],
    signal,
  });
  child.stdout.on("data", (chunk: Buffer) => {
    const response = new messages.InstallDependenciesResponse();
    response.setStdout(chunk);
    call.write(response);
  });
  child.stderr.on("data", (chunk: Buffer) => {
    const response = new messages.InstallDependenciesResponse();
    response.setStderr(chunk);
    call.write(response);
  });
  const problem = await new Promise<string | undefined>((resolve) => {
    child.once("error", (error) => resolve(`cannot run npm: ${error.message}`));
    child.once("close", (code) => resolve(code === 0 ? undefined : `npm install ended with exit code ${code}`));
  });
  if (problem) call.destroy(new Error(problem));
  else call.end();
}
