import { dayOf } from "./day";
import type { Todo } from "./todo";

const day = { day: "numeric", month: "short", year: "numeric" } as const;
const inDays = new Intl.DateTimeFormat(undefined, day);
const inMinutes = new Intl.DateTimeFormat(undefined, { ...day, hour: "numeric", minute: "2-digit" });

/** A time of day. A backend from before there were any leaves it out while it is updated. */
type Time = string | null | undefined;

/** The day, and the time if there is one, as people write them where the user is. */
export function dueText(due: string, time: Time): string {
  return !time ? inDays.format(new Date(`${due}T00:00`)) : inMinutes.format(new Date(`${due}T${time}`));
}

/** Whether a todo should have been done by now. Without a time it may be done on its whole day. */
export function isLate(
  { due_date: due, due_time: time, done }: Omit<Todo, "due_time"> & { due_time?: Time },
  now: Date,
): boolean {
  if (due === null || done) return false;
  return !time ? due < dayOf(now) : new Date(`${due}T${time}`) < now;
}
