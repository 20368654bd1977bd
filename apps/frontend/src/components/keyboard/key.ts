/** Whether the key is part of the composition of a letter (as in Japanese), and so means nothing by itself. */
export function isComposing(event: KeyboardEvent): boolean {
  // Safari says so after the composition, by nothing but this code.
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- nothing else tells them apart there
  return event.isComposing || event.keyCode === 229;
}

/** Whether the Escape key was pressed to leave something, and not to end a composition. */
export function isEscape(event: KeyboardEvent): boolean {
  return event.key === "Escape" && !isComposing(event);
}

/** Whether this takes text, and so has a use for every key. */
export function isTyped(target: EventTarget | null): boolean {
  return target instanceof Element && target.matches("input:not([type=checkbox]), textarea, select");
}
