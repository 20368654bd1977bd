/** A day where the user is, as YYYY-MM-DD. */
export function dayOf(date: Date): string {
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()]
    .map((part) => String(part).padStart(2, "0"))
    .join("-");
}

/** The day so many days after `date`; before it if `days` is negative. */
export function dayAfter(date: Date, days: number): string {
  return dayOf(new Date(date.getFullYear(), date.getMonth(), date.getDate() + days));
}

/** Monday and Sunday of the week that `date` is in. */
export function weekOf(date: Date): { from: string; to: string } {
  const sinceMonday = (date.getDay() + 6) % 7;
  return { from: dayAfter(date, -sinceMonday), to: dayAfter(date, 6 - sinceMonday) };
}
