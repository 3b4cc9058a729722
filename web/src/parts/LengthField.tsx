import { Field, Input } from "@fluentui/react-components";
import { useState } from "react";
import { say } from "../texts/say";
import { texts } from "../texts/shell";
import { secondsOf, span } from "./times";

type Props = { label: string; hint?: string; seconds: number; most?: number; problem?: string; change: (seconds: number) => void };

/** A length of time as people write it: 4 h, 90 min, 1 h 30 min. What cannot be read changes nothing, and is said. */
export function LengthField({ label, hint, seconds, most = 24 * 3600, problem, change }: Props) {
  const [typed, setTyped] = useState<string>();
  const readable = (text: string) => {
    const read = secondsOf(text);
    return read !== undefined && read >= 1 && read <= most ? read : undefined;
  };
  const unreadable = typed !== undefined && readable(typed) === undefined ? say(texts.lengthUnreadable, { most: span(most) }) : undefined;
  return (
    <Field label={label} hint={hint} required validationMessage={unreadable ?? problem}>
      <Input value={typed ?? span(seconds)} required autoComplete="off" maxLength={20}
        onChange={(_, { value }) => {
          setTyped(value);
          const read = readable(value);
          if (read !== undefined) change(read);
        }}
        onBlur={() => { if (!unreadable) setTyped(undefined); }} />
    </Field>
  );
}
