import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { PassThrough } from "node:stream";
import { type KubeConfig, PortForward } from "@kubernetes/client-node";

/**
 * Opens a port on 127.0.0.1 that leads to one of a pod, as `kubectl port-forward` does. The server is the caller's to
 * close.
 */
export async function forwardPort(
  config: KubeConfig,
  to: { namespace: string; pod: string; port: number },
): Promise<{ server: Server; port: number }> {
  const forward = new PortForward(config);
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    // What goes wrong on the way ends the connection, or the request would wait.
    const end = () => socket.destroy();
    const errors = new PassThrough();
    errors.on("data", end);
    forward.portForward(to.namespace, to.pod, [to.port], socket, errors, socket).catch(end);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, port: (server.address() as AddressInfo).port };
}
