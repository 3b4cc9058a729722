import { Field, Input } from "@fluentui/react-components";
import { useState } from "react";
import { texts } from "../../../texts/leaving";
import { say } from "../../../texts/say";

const tidy = (s: string) => s.trim().replace(/\s+/g, " ").toLowerCase();

/** The name of what is about to go, typed: nobody does that by mistake. `ask` runs the work only after it is right. */
export function useConfirmation(name: string) {
  const [typed, setTyped] = useState("");
  const [wrong, setWrong] = useState(false);
  return {
    typed, wrong, name,
    type(value: string) {
      setTyped(value);
      setWrong(false);
    },
    right() {
      const right = tidy(typed) === tidy(name);
      setWrong(!right);
      return right;
    },
  };
}

export function ConfirmField({ of: c }: { of: ReturnType<typeof useConfirmation> }) {
  return (
    <Field label={texts.typeName} required validationMessage={c.wrong ? say(texts.typedWrong, { name: c.name }) : undefined}>
      <Input value={c.typed} placeholder={c.name} required autoComplete="off" spellCheck={false} dir="auto" onChange={(_, { value }) => c.type(value)} />
    </Field>
  );
}
