// Entry point of the image: prepares the process, then runs the server that `next build` has made.
import process from "node:process";
import { logAsJson } from "./json-console.mjs";
import { boundWork } from "./bounded-work.mjs";
import { believeConnections } from "./client-address.mjs";
import { refuseUnknownMethods } from "./known-methods.mjs";
import { serveProbes } from "./probes.mjs";
import { windConnectionsDown } from "./wind-down.mjs";

logAsJson();
believeConnections(Number(process.env.TRUSTED_PROXY_HOPS ?? 0));
refuseUnknownMethods();
// The chart names a port for probes; elsewhere they go to that of the application.
const { PORT = "3000", PROBES_PORT } = process.env;
if (PROBES_PORT !== undefined) serveProbes(Number(PROBES_PORT), `http://127.0.0.1:${PORT}/api/health`);
boundWork();
windConnectionsDown();

// Next finishes open requests on SIGTERM and then reports 143; an ordered stop is a success.
process.once("exit", (code) => {
  if (code === 143) process.exitCode = 0;
});

// @ts-expect-error Made by `next build`; it stands next to this file in the image.
await import("./server.js");
