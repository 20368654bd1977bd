/**
 * Names the next life of something that was lost: `abc`, `abc.1`, `abc.2`.
 * @param within the life of what it lives in, which is also the name of its own first life.
 * @param mark sets the number off. Each kind of thing has its own: the life of one may be what the next lives in.
 */
export function nextLife(life: string, within: string, mark: "." | "/"): string {
  return `${within}${mark}${Number(life.slice(within.length + 1)) + 1}`;
}
