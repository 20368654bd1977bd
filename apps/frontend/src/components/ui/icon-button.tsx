import type { ComponentProps } from "react";

type Props = Omit<ComponentProps<"button">, "name" | "className"> & {
  /** What a screen reader says, since the icon says nothing to it. */
  readonly name: string;
  readonly danger?: boolean;
};

/** A small button that shows only an icon. */
export function IconButton({ name, danger = false, ...rest }: Props) {
  const hover = danger ? "hover:bg-danger-tint hover:text-danger" : "hover:bg-tint hover:text-accent";
  return (
    <button
      type="button"
      aria-label={name}
      className={`grid size-10 shrink-0 place-items-center rounded-lg text-soft ${hover}`}
      {...rest}
    />
  );
}
