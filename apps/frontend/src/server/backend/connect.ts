import "server-only";
import { buildConnector, errors } from "undici";

/** How long one try may take, how long new ones are begun for, and the pause before each. Milliseconds. */
const limits = { try: 300, all: 5000, pause: 50 };

/**
 * Connects to the backend. Where that fails, it tries again for five seconds: nothing has been sent by then, so that is
 * safe for changes, too. Connections of a pod that has just started may be refused for a second or two, until the
 * network policy knows it. A pod whose node is lost does not answer, and the Service leads each try to a pod at random:
 * of the fourteen tries that there is time for, one finds a pod that lives, even if only every second one does.
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

/** One try, with a timer of its own: undici's counts in steps of half a second, so that 0.3 s would be up to one. */
const connectOnce: buildConnector.connector = (options, callback) => {
  const giveUp = new AbortController();
  let late: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => {
    // A connection may have been made that a busy process has not seen yet.
    late = setImmediate(() => {
      giveUp.abort();
    });
  }, limits.try);
  buildConnector({ timeout: 0, signal: giveUp.signal })(options, (...result) => {
    clearTimeout(timer);
    clearImmediate(late);
    if (!giveUp.signal.aborted) callback(...result);
    else
      callback(
        new errors.ConnectTimeoutError(`No connection to ${options.host ?? options.hostname} in ${limits.try} ms.`),
        null,
      );
  });
};
