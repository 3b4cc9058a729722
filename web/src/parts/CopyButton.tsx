import { Button, Tooltip } from "@fluentui/react-components";
import { CheckmarkRegular } from "@fluentui/react-icons/svg/checkmark";
import { CopyRegular } from "@fluentui/react-icons/svg/copy";
import { useEffect, useState } from "react";
import { useToasts } from "../shell/toasts";
import { say } from "../texts/say";
import { texts } from "../texts/shell";

/** Copies a value, and says that it did. */
export function CopyButton({ what, value }: { what: string; value: string }) {
  const [copied, setCopied] = useState(false);
  const toasts = useToasts();
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2500);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = () => navigator.clipboard.writeText(value).then(() => setCopied(true), () => toasts.warn(texts.copyFailed));
  return (
    <Tooltip content={copied ? texts.copied : say(texts.copy, { what })} relationship="label">
      <Button appearance="subtle" icon={copied ? <CheckmarkRegular /> : <CopyRegular />} onClick={copy} aria-live="polite" />
    </Tooltip>
  );
}
