import { Button, Field, Input, makeStyles, tokens } from "@fluentui/react-components";
import { FingerprintRegular } from "@fluentui/react-icons/svg/fingerprint";
import { useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect, useRef, useState } from "react";
import { hasAutofill, signIn, signInByAutofill } from "../api/passkey";
import { ProblemBox } from "../parts/ProblemBox";
import { useAction } from "../parts/useAction";
import { tabs } from "../api/tabs";
import { texts } from "../texts/sign-in";
import { Card } from "./Card";

const useStyles = makeStyles({
  text: { margin: 0, color: tokens.colorNeutralForeground2 },
  help: { color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200, lineHeight: tokens.lineHeightBase300, "& summary": { cursor: "pointer", color: tokens.colorBrandForegroundLink }, "& ul": { marginBottom: 0, paddingInlineStart: tokens.spacingHorizontalL } },
});

export function SignIn() {
  const styles = useStyles();
  const { to = "/" } = useSearch({ from: "/sign-in" });
  const router = useRouter();
  const cache = useQueryClient();
  const [autofill, setAutofill] = useState(false);
  useEffect(() => { void hasAutofill().then(setAutofill); }, []);
  const [offered, setOffered] = useState<unknown>(); // what went wrong with the passkey that the browser offered

  const entered = useRef(false); // by one of the two ways
  const enter = useCallback(async () => {
    if (entered.current) return;
    entered.current = true;
    cache.clear(); // whatever was read belongs to whoever was here before
    tabs.tell("signed-in");
    await router.navigate({ href: to, replace: true });
  }, [cache, router, to]);

  useEffect(() => {
    if (!autofill) return;
    const stop = new AbortController();
    signInByAutofill(stop.signal).then((entered) => (entered ? enter() : undefined), (error: unknown) => {
      if (!stop.signal.aborted) setOffered(error);
    });
    return () => stop.abort();
  }, [enter, autofill]);

  const press = useAction(async () => {
    setOffered(undefined);
    await signIn();
    await enter();
  });
  const problem = press.problem ?? offered;
  return (
    <Card title={texts.signIn}>
      <p className={styles.text}>{texts.signInAbout}</p>
      {problem !== undefined && <ProblemBox of={problem} />}
      <Button appearance="primary" size="large" autoFocus icon={<FingerprintRegular />} disabledFocusable={press.working} onClick={press.run}>{texts.signInWithPasskey}</Button>
      {autofill && <Field label={texts.userName}><Input autoComplete="username webauthn" spellCheck={false} /></Field>}
      <details className={styles.help}>
        <summary>{texts.noPasskey}</summary>
        <ul><li>{texts.otherDevice}</li><li>{texts.lostPasskey}</li><li>{texts.thisAddress}</li></ul>
      </details>
    </Card>
  );
}
