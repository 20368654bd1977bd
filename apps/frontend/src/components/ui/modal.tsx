import { useLayoutEffect, useRef, type ReactNode } from "react";

interface Props {
  readonly name: string;
  readonly close: () => void;
  readonly children: ReactNode;
}

/** A box above the page. Escape or a click beside it closes it, and the focus goes back to where it was. */
export function Modal({ name, close, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);

  // Before the next key comes: what is typed until the box is open is not for it.
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    const onClick = ({ target }: Event) => {
      if (target === element) element?.close();
    };
    element?.addEventListener("click", onClick);
    return () => {
      element?.removeEventListener("click", onClick);
      element?.close();
    };
  }, []);

  return (
    <dialog
      ref={dialog}
      aria-label={name}
      onClose={close}
      className="m-auto w-full max-w-lg rounded-2xl border border-line bg-surface text-ink shadow-xl backdrop:bg-black/40 max-sm:mt-4"
    >
      {children}
    </dialog>
  );
}
