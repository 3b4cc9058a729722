import { Button, Field, Input, Spinner, makeStyles, tokens } from "@fluentui/react-components";
import { FingerprintRegular } from "@fluentui/react-icons/svg/fingerprint";
import { useQuery } from "@tanstack/react-query";
import { useRouteContext, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { api, body } from "../api/client";
import { Filled } from "../parts/Filled";
import { Name } from "../parts/Name";
import { ProblemBox } from "../parts/ProblemBox";
import { useAction } from "../parts/useAction";
import { SessionDialog } from "../shell/SessionDialog";
import { Card } from "../sign-in/Card";
import { texts } from "../texts/pairing";

const useStyles = makeStyles({
  form: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalL },
  text: { margin: 0 },
  list: { margin: `${tokens.spacingVerticalXS} 0`, paddingInlineStart: tokens.spacingHorizontalXL },
  dim: { margin: 0, color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200 },
  buttons: { display: "flex", flexWrap: "wrap", gap: tokens.spacingHorizontalS },
});

/**
 * Where the extension sends somebody to be paired. Nothing is offered before the server has said that it knows the
 * extension: the address that asks may come from anybody.
 */
export function Pair() {
  const styles = useStyles();
  const { me } = useRouteContext({ from: "/pair" });
  const asked = useSearch({ from: "/pair" });
  const { client_id = "", redirect_uri = "", state = "", code_challenge = "", code_challenge_method = "", dpop_jkt = "" } = asked;
  const client = client_id as "hourglass-extension", method = code_challenge_method as "S256"; // the server refuses others
  const [name, setName] = useState((asked.name ?? "").slice(0, 120));
  const [leaving, setLeaving] = useState(false);
  const known = useQuery({
    queryKey: ["pairing", client, redirect_uri, state],
    queryFn: ({ signal }) => body(api.GET("/api/v1/pairings", { params: { query: { client_id: client, redirect_uri, state } }, signal })),
    staleTime: Infinity,
  });
  const leave = (to: string) => {
    setLeaving(true);
    location.replace(to); // the code stays not in the history
  };
  const pair = useAction(async () => {
    const { location: to } = await body(api.POST("/api/v1/pairings", {
      body: { client_id: client, redirect_uri, state, code_challenge, code_challenge_method: method, dpop_jkt, name: name.trim() },
    }));
    leave(to);
  });
  return (
    <Card title={texts.pair}>
      {known.error && <ProblemBox of={known.error} />}
      {known.isPending && <Spinner />}
      {known.data && (leaving ? <Spinner labelPosition="after" label={texts.goingBack} /> : (
        <form className={styles.form} onSubmit={(event) => {
          event.preventDefault();
          void pair.run();
        }}>
          <p className={styles.text}><Filled text={texts.pairAbout} values={{ person: <Name of={me.name} /> }} /></p>
          <div>
            {texts.itMay}
            <ul className={styles.list}><li>{texts.maySee}</li><li>{texts.mayFill}</li><li>{texts.mayEnd}</li></ul>
            {texts.itMayNot}
          </div>
          <Field label={texts.name} hint={texts.nameHint} required><Input value={name} maxLength={120} required autoComplete="off" onChange={(_, { value }) => setName(value)} /></Field>
          {pair.problem !== undefined && <ProblemBox of={pair.problem} />}
          <div className={styles.buttons}>
            <Button type="submit" appearance="primary" icon={pair.working ? <Spinner size="extra-tiny" /> : <FingerprintRegular />} disabledFocusable={pair.working}>{texts.pair}</Button>
            <Button onClick={() => leave(known.data.cancel_location)}>{texts.cancel}</Button>
          </div>
          <p className={styles.dim}>{texts.onlyIf}</p>
        </form>
      ))}
      <SessionDialog />
    </Card>
  );
}
