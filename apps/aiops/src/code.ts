import { randomInt } from "node:crypto";

/** Without letters and digits that look alike. */
const letters = "ABCDEFGHJKMNPQRSTUVWXYZ23456789";

const four = (): string => Array.from({ length: 4 }, () => letters[randomInt(letters.length)]).join("");

/** A new code by which a person names what they agree to, easy to type: `K7QF-2M9X`. */
export const newCode = (): string => `${four()}-${four()}`;

/** Whether a text is such a code, and nothing besides. */
export const isCode = (text: string): boolean => /^[A-Z2-9]{4}-[A-Z2-9]{4}$/.test(text);
