import { useEffect, useEffectEvent } from "react";
import { isComposing } from "./key";

/** What is done for each key that is pressed on the page; whether it was of use is returned, and ends it. */
type OnKey = (event: KeyboardEvent) => boolean;

const handlers: OnKey[] = [];

/** Hears of each key that nothing nearer has used. What was shown last hears first. */
export function useKeys(onKey: OnKey): void {
  const handle = useEffectEvent(onKey);
  useEffect(() => {
    const handler: OnKey = (event) => handle(event);
    if (handlers.length === 0) document.addEventListener("keydown", onKeyDown);
    handlers.push(handler);
    return () => {
      handlers.splice(handlers.indexOf(handler), 1);
      if (handlers.length === 0) document.removeEventListener("keydown", onKeyDown);
    };
  }, []);
}

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || isComposing(event)) return;
  if (handlers.toReversed().some((handle) => handle(event))) event.preventDefault();
}
