import "server-only";
import { buildConnector } from "undici";

/** How long one try may take, how long new ones are begun for, and the pause before each. Milliseconds. */
const limits = { try: 300, all: 3000, pause: 100 };

const connectOnce = buildConnector({ timeout: limits.try });

/**
 * Connects to the backend. Where that fails, it tries again for three seconds: nothing has been sent by then, so that is safe
 * for changes, too. Connections of a pod that has just started may be refused for a second or two, until the network policy
 * knows it. A pod whose node is lost does not answer, and the Service leads the next try to another.
 */
export const connect: buildConnector.connector = (options, callback) => {
  const began = Date.now();
  const attempt = () => {
    connectOnce(options, (...result) => {
      const [error] = result;
      if (error === null || Date.now() - began >= limits.all) callback(...result);
      else setTimeout(attempt, limits.pause);
    });
  };
  attempt();
};
