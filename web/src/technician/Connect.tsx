import { MessageBar, MessageBarBody, Spinner, makeStyles, tokens } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { connectionQuery, type Connection } from "../admin/queries";
import { api, body } from "../api/client";
import { Problem } from "../api/problem";
import { Name } from "../parts/Name";
import { Filled } from "../parts/Filled";
import { LinkButton } from "../parts/LinkButton";
import { Page } from "../parts/Page";
import { ProblemBox } from "../parts/ProblemBox";
import { useAction } from "../parts/useAction";
import { say } from "../texts/say";
import { texts } from "../texts/technician";

const useStyles = makeStyles({
  content: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalM, maxWidth: "44rem" },
  line: { margin: 0 },
});

/**
 * Where Microsoft sends an administrator back to. The answer is handed to the API once; what becomes of it is asked of
 * the customer's connection.
 */
export function Connect() {
  const styles = useStyles();
  const { state, tenant, error } = useSearch({ from: "/signed-in/connect" });
  const navigate = useNavigate();
  const [customer, setCustomer] = useState<string>();
  const hand = useAction(async () => {
    await navigate({ to: "/connect", search: {}, replace: true }); // the state stays neither in the address bar nor in the history
    const answer = { state: state ?? "none", tenant: tenant ?? "", ...(error === undefined ? {} : { error: error || "unknown" }) };
    setCustomer((await body(api.POST("/api/v1/connection/callback", { body: answer }))).customer.id);
  });
  useEffect(() => { void hand.run(); }, [hand.run]); // eslint-disable-line react-hooks/exhaustive-deps
  const { data: connection, error: unread } = useQuery({ ...connectionQuery(customer ?? ""), enabled: customer !== undefined });
  const attempt = connection?.attempt;
  const problem = hand.problem ?? unread;
  return (
    <Page title={connection ? say(texts.connectCustomer, { customer: connection.customer.name }) : texts.connect}>
      <div className={styles.content} aria-live="polite">
        {problem ? <ProblemBox of={problem} />
          : !connection || !attempt ? <Spinner labelPosition="after" label={texts.readingAnswer} />
            : attempt.step === "connected" ? <Connected connection={connection} />
              : attempt.step === "failed" ? <><p className={styles.line}>{texts.nothingConnected}</p>{attempt.failure && <ProblemBox of={new Problem(attempt.failure)} />}</>
                : <Spinner labelPosition="after" label={texts[attempt.step]} />}
        {attempt && attempt.missing.length > 0 && <p className={styles.line}>{say(texts.stillMissing, { permissions: attempt.missing.join(", ") })}</p>}
      </div>
    </Page>
  );
}

function Connected({ connection: { customer, account_domain } }: { connection: Connection }) {
  return (
    <>
      <MessageBar intent="success"><MessageBarBody><Filled text={texts.connected} values={{ domain: <Name of={account_domain ?? ""} /> }} /></MessageBarBody></MessageBar>
      <div><LinkButton appearance="primary" to="/admin/customers/$id/preflight" params={{ id: customer.id }}>{texts.connectedNext}</LinkButton></div>
    </>
  );
}
