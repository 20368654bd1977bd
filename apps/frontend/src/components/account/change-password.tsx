"use client";

import { useMutation } from "@tanstack/react-query";
import { changePassword } from "@/client/api/own-session";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { FormCard, textOf } from "@/components/ui/form-card";
import { Notice } from "@/components/ui/notice";
import { useHydrated } from "@/components/page/use-hydrated";

/** The form that changes the password. */
export function ChangePassword() {
  const hydrated = useHydrated();
  const change = useMutation({ mutationFn: changePassword });

  function submit(form: FormData, element: HTMLFormElement) {
    const passwords = { current_password: textOf(form, "current"), new_password: textOf(form, "new") };
    change.mutate(passwords, {
      onSuccess: () => {
        element.reset();
      },
    });
  }

  return (
    <FormCard title="Change password" text="All your other sessions end; this one goes on." submit={submit}>
      <Field
        label="Current password"
        name="current"
        type="password"
        autoComplete="current-password"
        required
        maxLength={128}
      />
      <Field
        label="New password"
        hint="At least 8 characters."
        name="new"
        type="password"
        autoComplete="new-password"
        required
        minLength={8}
        maxLength={128}
      />
      {change.isError && <Notice>{change.error.message}</Notice>}
      <p role="status" className="text-sm font-medium text-accent empty:hidden">
        {change.isSuccess ? "Your password is changed." : ""}
      </p>
      <Button type="submit" look="plain" className="justify-self-start" disabled={!hydrated || change.isPending}>
        Change password
      </Button>
    </FormCard>
  );
}
