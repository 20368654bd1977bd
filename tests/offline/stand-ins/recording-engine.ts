import type { Engine } from "../../../offline/stand-ins/engine-messages.ts";

/** An engine that keeps what it is told. */
export interface RecordingEngine extends Engine {
  messages: { severity: string; message: string; urn: string | undefined }[];
  progressLines: string[];
}

export function recordingEngine(): RecordingEngine {
  const messages: RecordingEngine["messages"] = [];
  const progressLines: string[] = [];
  return {
    messages,
    progressLines,
    log: (severity, message, urn) => {
      messages.push({ severity, message, urn });
      return Promise.resolve();
    },
    progress: (message) => void progressLines.push(message),
  };
}
