/** Whether the Escape key was pressed to leave something, and not to end the composition of a letter (as in Japanese). */
export function isEscape(event: KeyboardEvent): boolean {
  // Safari says so after the composition, by nothing but this code.
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- nothing else tells them apart there
  const composing = event.isComposing || event.keyCode === 229;
  return event.key === "Escape" && !composing;
}
