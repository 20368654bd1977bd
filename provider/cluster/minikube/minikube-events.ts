/** What one line of `minikube --output=json` says to a person. */
export interface MinikubeEvent {
  kind: "progress" | "warning" | "error";
  text: string;
  /** Minikube's own name for the step that begins. */
  step?: string;
  /** What Minikube advises to do about an error. */
  advice?: string;
}

interface CloudEvent {
  type: string;
  data: Record<string, string | undefined>;
}

const prefix = "io.k8s.sigs.minikube.";

/**
 * Reads a line that minikube printed.
 * @returns undefined when the line has nothing to say: no CloudEvent, or one without a message.
 */
export function readEvent(line: string): MinikubeEvent | undefined {
  const event = parse(line);
  if (event === undefined) return undefined;
  const { message, name, advice, artifact, progress, currentstep, totalsteps } = event.data;
  switch (event.type.slice(prefix.length)) {
    case "step":
      return message === undefined
        ? undefined
        : {
            kind: "progress",
            text: `${count(currentstep, totalsteps)}${clean(message)}`,
            ...(name === undefined ? {} : { step: name }),
          };
    case "download":
      return artifact === undefined ? undefined : { kind: "progress", text: `downloading ${artifact}` };
    case "download.progress":
      return { kind: "progress", text: `downloading ${artifact ?? ""} ${percent(progress)}` };
    case "info":
      return message === undefined ? undefined : { kind: "progress", text: clean(message) };
    case "warning":
      return message === undefined ? undefined : { kind: "warning", text: clean(message) };
    case "error": {
      const text = clean(message ?? "") || (name ?? "unknown error");
      return advice ? { kind: "error", text, advice: clean(advice) } : { kind: "error", text };
    }
    default:
      return undefined;
  }
}

function parse(line: string): CloudEvent | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const event = JSON.parse(line) as Partial<CloudEvent>;
    if (typeof event.type !== "string" || !event.type.startsWith(prefix)) return undefined;
    return { type: event.type, data: event.data ?? {} };
  } catch {
    // A line cut off by the end of the process.
    return undefined;
  }
}

/** "3/19 "; nothing on detours, where Minikube has no number for the step. */
function count(step: string | undefined, total: string | undefined): string {
  return step && total ? `${step}/${total} ` : "";
}

function percent(progress: string | undefined): string {
  return `${Math.round(Number(progress ?? 0) * 100)} %`;
}

function clean(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}
