import { Button, Field, Input, makeStyles, tokens } from "@fluentui/react-components";
import { FingerprintRegular } from "@fluentui/react-icons/svg/fingerprint";
import { useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect, useState } from "react";
import { signIn, signInByAutofill } from "../api/passkey";
import { ProblemBox } from "../parts/ProblemBox";
import { tabs } from "../shell/tabs";
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
  const [working, setWorking] = useState(false);
  const [problem, setProblem] = useState<unknown>();

  const enter = useCallback(() => {
    cache.clear(); // whatever was read belongs to whoever was here before
    tabs.tell("signed-in");
    return router.navigate({ href: to, replace: true });
  }, [cache, router, to]);

  useEffect(() => {
    const stop = new AbortController();
    signInByAutofill(stop.signal).then((entered) => (entered ? enter() : undefined), (error: unknown) => {
      if (!stop.signal.aborted) setProblem(error);
    });
    return () => stop.abort();
  }, [enter]);

  const press = async () => {
    if (working) return;
    setWorking(true);
    setProblem(undefined);
    try {
      await signIn();
      await enter();
    } catch (error) {
      setProblem(error);
      setWorking(false);
    }
  };
  return (
    <Card title={texts.signIn}>
      <p className={styles.text}>{texts.signInAbout}</p>
      {problem !== undefined && <ProblemBox of={problem} />}
      <Button appearance="primary" size="large" autoFocus icon={<FingerprintRegular />} disabledFocusable={working} onClick={press}>{texts.signInWithPasskey}</Button>
      <Field label={texts.userName} hint={texts.userNameHelp}><Input autoComplete="username webauthn" spellCheck={false} /></Field>
      <details className={styles.help}>
        <summary>{texts.noPasskey}</summary>
        <ul><li>{texts.otherDevice}</li><li>{texts.lostPasskey}</li><li>{texts.thisAddress}</li></ul>
      </details>
    </Card>
  );
}
