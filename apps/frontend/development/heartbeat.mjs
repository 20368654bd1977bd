// Is loaded into every process of `next dev`. The one that listens for requests says four times a second that it does
// not hang.
import { createSocket } from "node:dgram";
import { subscribe } from "node:diagnostics_channel";
import process from "node:process";
import { isMainThread } from "node:worker_threads";

const port = Number(process.env.HEARTBEAT_PORT);
let isBeating = false;

function begin() {
  if (isBeating) return;
  isBeating = true;
  const socket = createSocket("udp4");
  const beat = () => {
    socket.send(String(process.pid), port, "127.0.0.1", () => undefined);
  };
  socket.on("error", () => undefined).unref();
  setInterval(beat, 250).unref();
  beat();
}

// Processes that compile are busy for seconds, and serve nobody.
if (isMainThread && port > 0) subscribe("tracing:net.server.listen:asyncEnd", begin);
