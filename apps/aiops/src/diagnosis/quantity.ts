/** By what power of ten, or how often 1024, a suffix multiplies. */
const powers: Record<string, bigint> = { n: -9n, u: -6n, m: -3n, "": 0n, k: 3n, M: 6n, G: 9n, T: 12n, P: 15n, E: 18n };
const binary = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

const written = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d{1,2})|([numkMGTPE]|[KMGTPE]i))?$/;

/** Digits that are kept behind the point: more than the API keeps, which goes to a billionth. */
const digits = 40n;

/** Whether two texts are the same amount of a resource, exactly: `1024Mi` is `1Gi`. What is no amount is none. */
export const isSameQuantity = (one: string, other: string): boolean => {
  const [amount, another] = [amountOf(one), amountOf(other)];
  return amount !== undefined && amount === another;
};

const amountOf = (text: string): bigint | undefined => {
  const [, sign, whole = "", part = "", exponent, suffix = ""] = written.exec(text) ?? [];
  if (sign === undefined || whole + part === "" || part.length > 20) return undefined;
  const number = BigInt(`${sign === "-" ? "-" : ""}${whole}${part}`);
  const power = digits - BigInt(part.length);
  const times = binary.indexOf(suffix) + 1;
  if (times > 0) return number * 1024n ** BigInt(times) * 10n ** power;
  const scale = exponent === undefined ? (powers[suffix] ?? 0n) : BigInt(exponent);
  return power + scale < 0n ? undefined : number * 10n ** (power + scale);
};
