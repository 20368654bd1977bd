import type { ComponentProps } from "react";

const looks = {
  primary: "bg-accent text-on-accent hover:bg-accent-strong",
  plain: "border border-field bg-surface hover:bg-tint",
  danger: "border border-danger text-danger hover:bg-danger-tint",
  quiet: "text-soft hover:bg-line/60 hover:text-ink",
} as const;

/**
 * A button. `look` is "primary" (default) for the main act of a form "plain" for others, "danger" for what cannot be
 * undone and "quiet" for those in a bar.
 */
export function Button({
  look = "primary",
  className = "",
  type = "button",
  ...rest
}: ComponentProps<"button"> & { readonly look?: keyof typeof looks }) {
  return (
    <button
      type={type}
      className={`inline-flex min-h-11 items-center justify-center gap-2 rounded-xl px-4 font-medium transition-colors disabled:opacity-55 ${looks[look]} ${className}`}
      {...rest}
    />
  );
}
