import { Button, Field, Input, makeStyles, tokens } from "@fluentui/react-components";
import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useEffect, useState, type FormEvent } from "react";
import { enrol } from "../api/passkey";
import { Problem } from "../api/problem";
import { ProblemBox } from "../parts/ProblemBox";
import { useAction } from "../parts/useAction";
import { texts } from "../texts/sign-in";
import { Card } from "./Card";

const useStyles = makeStyles({
  form: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalL },
  text: { margin: 0, color: tokens.colorNeutralForeground2 },
});

const incomplete = new Problem({ title: texts.linkIncomplete, detail: texts.linkIncompleteHelp });

export function Enrol() {
  const styles = useStyles();
  const router = useRouter();
  const cache = useQueryClient();
  const [token] = useState(() => location.hash.slice(1));
  const [name, setName] = useState("");

  // The token stays neither in the address bar nor in the history.
  useEffect(() => { if (location.hash) history.replaceState(history.state, "", location.pathname); }, []);

  const create = useAction(async () => {
    await enrol(token, name);
    cache.clear();
    await router.navigate({ to: "/", replace: true });
  });
  const problem = token ? create.problem : incomplete;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void create.run();
  };
  return (
    <Card title={texts.enrol}>
      <form className={styles.form} onSubmit={submit}>
        <p className={styles.text}>{texts.enrolAbout}</p>
        {problem !== undefined && <ProblemBox of={problem} />}
        <Field label={texts.passkeyName} hint={texts.passkeyNameHint}><Input value={name} maxLength={120} autoComplete="off" disabled={!token} onChange={(_, { value }) => setName(value)} /></Field>
        <Button type="submit" appearance="primary" size="large" disabled={!token} disabledFocusable={create.working}>{texts.createPasskey}</Button>
      </form>
    </Card>
  );
}
