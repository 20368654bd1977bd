import { useId, type ComponentProps } from "react";

/** A labelled text field. `hint` is a short help that stays visible. */
export function Field({
  label,
  hint,
  ...rest
}: ComponentProps<"input"> & { readonly label: string; readonly hint?: string }) {
  const id = useId();
  return (
    <div className="grid gap-1.5">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      <input
        id={id}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        className="min-h-11 w-full rounded-xl border border-field bg-surface px-3.5 placeholder:text-soft"
        {...rest}
      />
      {hint !== undefined && (
        <p id={`${id}-hint`} className="text-sm text-soft">
          {hint}
        </p>
      )}
    </div>
  );
}
