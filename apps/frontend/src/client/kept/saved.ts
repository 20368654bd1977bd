/** Under this name a tab knows when the server has last taken a change of it. */
const savedKey = "saved";

/** Notes that the server has taken a change. A browser that keeps nothing is no reason to fail. */
export function noteSaved(): void {
  try {
    sessionStorage.setItem(savedKey, String(Date.now()));
  } catch {
    return;
  }
}

/**
 * Whether the server has taken a change of this tab since the page was asked for. What came with the page may be older
 * then: the change and the page were on their way at the same time.
 */
export function isSavedSincePage(): boolean {
  try {
    return Number(sessionStorage.getItem(savedKey)) > performance.timeOrigin;
  } catch {
    return false;
  }
}
